package dev.berth.bench.fleet;

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

/// What a session has to report, by the rules of agents: the newest status of each instance, at
/// most 1,000 in a report, at most 32 reports without an answer.
final class UnsaidReports {
  private static final int INSTANCES_MAX = 1_000;
  private static final int UNANSWERED_MAX = 32;

  private final Map<String, InstanceStatus> waiting = new LinkedHashMap<>();
  private final TreeMap<Long, List<InstanceReport>> sent = new TreeMap<>();
  private long sequence;

  void put(String id, InstanceStatus status) {
    waiting.put(id, status);
  }

  Optional<StatusReport> next() {
    if (waiting.isEmpty() || sent.size() >= UNANSWERED_MAX) {
      return Optional.empty();
    }
    List<InstanceReport> instances = new ArrayList<>();
    Iterator<Map.Entry<String, InstanceStatus>> entries = waiting.entrySet().iterator();
    while (entries.hasNext() && instances.size() < INSTANCES_MAX) {
      Map.Entry<String, InstanceStatus> entry = entries.next();
      instances.add(SimulatedRuntime.report(entry.getKey(), entry.getValue()));
      entries.remove();
    }
    sequence++;
    sent.put(sequence, instances);
    return Optional.of(
        StatusReport.newBuilder().setSequence(sequence).addAllInstances(instances).build());
  }

  /// What the reports up to this one said.
  List<InstanceReport> acknowledge(long upTo) {
    Map<Long, List<InstanceReport>> taken = sent.headMap(upTo, true);
    List<InstanceReport> instances = new ArrayList<>();
    taken.values().forEach(instances::addAll);
    taken.clear();
    return instances;
  }
}
