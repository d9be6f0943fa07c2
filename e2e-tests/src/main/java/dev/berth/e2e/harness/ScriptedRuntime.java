package dev.berth.e2e.harness;

import com.google.protobuf.Timestamp;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.StatusReport;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// What runs on the node of a [ScriptedAgent]: nothing ever fails, and all is remembered.
public final class ScriptedRuntime {
  private static final int REPORT_MAX = 1_000;

  private final Map<String, Run> running = new TreeMap<>();
  private final Map<String, Integer> starts = new TreeMap<>();
  private final Set<String> unreported = new LinkedHashSet<>();
  private long highestEpoch;
  private long sessionEpoch;
  private int refusals;

  /// Something that runs.
  ///
  /// @param slot workload and slot, "web.1"
  /// @param start when it was started
  public record Run(String slot, Timestamp start) {}

  ScriptedRuntime() {}

  /// What runs, by instance id.
  public synchronized Map<String, Run> running() {
    return new TreeMap<>(running);
  }

  /// How often instances of each slot, "web.1", were started.
  public synchronized Map<String, Integer> starts() {
    return new TreeMap<>(starts);
  }

  /// The highest epoch that was obeyed.
  public synchronized long highestEpoch() {
    return highestEpoch;
  }

  /// How many messages of a lower epoch or another cluster were refused.
  public synchronized int refusals() {
    return refusals;
  }

  synchronized Hello.Builder hello() {
    Hello.Builder hello = Hello.newBuilder().setHighestEpoch(highestEpoch);
    running.forEach((id, run) -> hello.addInstances(report(id, run)));
    unreported.clear();
    return hello;
  }

  /// Does as told.
  ///
  /// @return false for a message that no agent may obey: the session must end
  synchronized boolean obey(OpenSessionResponse message, String clusterUid) {
    return switch (message.getMessageCase()) {
      case WELCOME -> {
        sessionEpoch = message.getWelcome().getEpoch();
        yield accept(sessionEpoch, message.getWelcome().getClusterUid().equals(clusterUid));
      }
      case ASSIGNMENTS -> {
        AssignmentSet set = message.getAssignments();
        boolean good = accept(set.getEpoch(), set.getEpoch() == sessionEpoch);
        if (good) {
          List<String> gone = new ArrayList<>(running.keySet());
          set.getInstancesList().forEach(each -> gone.remove(each.getInstanceId()));
          gone.forEach(running::remove);
          set.getInstancesList().forEach(this::run);
        }
        yield good;
      }
      case ASSIGNMENT_CHANGE -> {
        AssignmentChange change = message.getAssignmentChange();
        boolean good = accept(change.getEpoch(), change.getEpoch() == sessionEpoch);
        if (good) {
          change.getRemovedList().forEach(running::remove);
          change.getChangedList().forEach(this::run);
        }
        yield good;
      }
      case STATUS_ACK, OPEN_STREAM, HEARTBEAT_ACK, MESSAGE_NOT_SET -> true;
    };
  }

  private boolean accept(long epoch, boolean fits) {
    if (!fits || epoch < highestEpoch) {
      refusals++;
      return false;
    }
    highestEpoch = epoch;
    return true;
  }

  private void run(AssignedInstance instance) {
    String id = instance.getInstanceId();
    if (instance.getDesiredState() == DesiredState.DESIRED_STATE_RUN) {
      running.computeIfAbsent(
          id,
          _ -> {
            String slot = instance.getWorkload() + "." + instance.getSlot();
            starts.merge(slot, 1, Integer::sum);
            unreported.add(id);
            long millis = System.currentTimeMillis();
            return new Run(
                slot,
                Timestamp.newBuilder()
                    .setSeconds(millis / 1_000)
                    .setNanos((int) (millis % 1_000) * 1_000_000)
                    .build());
          });
    } else if (running.remove(id) != null) {
      unreported.add(id);
    }
  }

  /// Reports what is new.
  ///
  /// @param sequence of the last report in this session
  /// @return the same after this
  synchronized long report(long sequence, Consumer<OpenSessionRequest> stream) {
    if (unreported.isEmpty()) {
      return sequence;
    }
    StatusReport.Builder report = StatusReport.newBuilder().setSequence(sequence + 1);
    List<String> ids = unreported.stream().limit(REPORT_MAX).toList();
    for (String id : ids) {
      Run run = running.get(id);
      report.addInstances(run == null ? stopped(id) : report(id, run));
    }
    ids.forEach(unreported::remove);
    stream.accept(OpenSessionRequest.newBuilder().setStatusReport(report).build());
    return sequence + 1;
  }

  private static InstanceReport stopped(String id) {
    return InstanceReport.newBuilder()
        .setInstanceId(id)
        .setStatus(InstanceStatus.newBuilder().setState(InstanceState.INSTANCE_STATE_STOPPED))
        .build();
  }

  private static InstanceReport report(String id, Run run) {
    return InstanceReport.newBuilder()
        .setInstanceId(id)
        .setStatus(
            InstanceStatus.newBuilder()
                .setState(InstanceState.INSTANCE_STATE_RUNNING)
                .setRuntimeId("scripted-" + id)
                .setStartTime(run.start()))
        .build();
  }
}
