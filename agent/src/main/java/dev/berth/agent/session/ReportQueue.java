package dev.berth.agent.session;

import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StatusReport;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a session still has to report: the latest status of each instance, until it is
/// acknowledged. Not thread-safe.
final class ReportQueue {
  private static final int INSTANCES_MAX = 1000;
  private static final int UNACKNOWLEDGED_MAX = 32;

  private record Sent(long atMillis, List<InstanceReport> instances) {}

  private final Map<String, InstanceStatus> waiting = new LinkedHashMap<>();
  private final TreeMap<Long, Sent> sent = new TreeMap<>();
  private long sequence;

  void put(String instanceId, InstanceStatus status) {
    waiting.put(instanceId, status);
  }

  /// An instance that need not be reported any more.
  void forget(String instanceId) {
    waiting.remove(instanceId);
  }

  /// The next report; empty when there is nothing to say, or too much is not acknowledged.
  Optional<StatusReport> next(long nowMillis) {
    if (waiting.isEmpty() || sent.size() >= UNACKNOWLEDGED_MAX) {
      return Optional.empty();
    }
    List<InstanceReport> instances = new ArrayList<>(Math.min(waiting.size(), INSTANCES_MAX));
    Iterator<Map.Entry<String, InstanceStatus>> entries = waiting.entrySet().iterator();
    while (entries.hasNext() && instances.size() < INSTANCES_MAX) {
      Map.Entry<String, InstanceStatus> entry = entries.next();
      instances.add(
          InstanceReport.newBuilder()
              .setInstanceId(entry.getKey())
              .setStatus(entry.getValue())
              .build());
      entries.remove();
    }
    sequence++;
    sent.put(sequence, new Sent(nowMillis, instances));
    return Optional.of(
        StatusReport.newBuilder().setSequence(sequence).addAllInstances(instances).build());
  }

  /// The controller has taken all reports up to this one.
  void acknowledge(long upTo) {
    sent.headMap(upTo, true).clear();
  }

  /// Says again, in new reports, what was sent before a time and not acknowledged; what is newer
  /// wins.
  void repeatOlderThan(long millis) {
    Iterator<Sent> oldest = sent.values().iterator();
    while (oldest.hasNext()) {
      Sent report = oldest.next();
      if (report.atMillis() >= millis) {
        return;
      }
      oldest.remove();
      for (InstanceReport instance : report.instances()) {
        if (!saidLater(instance.getInstanceId())) {
          waiting.putIfAbsent(instance.getInstanceId(), instance.getStatus());
        }
      }
    }
  }

  private boolean saidLater(String instanceId) {
    return sent.values().stream()
        .flatMap(report -> report.instances().stream())
        .anyMatch(each -> each.getInstanceId().equals(instanceId));
  }
}
