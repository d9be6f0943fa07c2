package dev.berth.cli.cluster;

import com.google.protobuf.util.Timestamps;
import dev.berth.cli.term.ExitCode;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds out when a workload or slot has run for good: every slot has ended and gets no other
/// instance unless a user asks.
public final class Ending {
  /// What `run` and `wait` answer when there is no program's code to pass.
  public static final int NO_CODE = 125;

  private static final int BATCH_FAILURES = 2;

  private final WorkloadSpec spec;
  private final List<Integer> slots;
  private final Map<Integer, Set<String>> failures = new HashMap<>();
  private Map<Integer, Instance> last = new TreeMap<>();

  /// @param workload as the controller answered it
  /// @param target all of it, or one slot
  public Ending(Workload workload, Target target) {
    this.spec = WorkloadDefaults.fill(workload.getSpec());
    List<Integer> all = new ArrayList<>(target.slots());
    for (int slot = 1; target.isWhole() && slot <= spec.getReplicas(); slot++) {
      all.add(slot);
    }
    this.slots = List.copyOf(all);
  }

  /// Looks at the present instances.
  ///
  /// @param quiet true when nothing has changed for longer than a retry takes
  /// @return true when all slots have ended
  public boolean isReached(Collection<Instance> instances, boolean quiet) {
    Map<Integer, Instance> newest = new TreeMap<>();
    for (Instance instance : instances) {
      if (hasFailed(instance)) {
        failures.computeIfAbsent(instance.getSlot(), _ -> new HashSet<>()).add(instance.getId());
      }
      newest.merge(instance.getSlot(), instance, Ending::newer);
    }
    last = newest;
    return slots.stream().allMatch(slot -> hasEnded(newest.get(slot), quiet));
  }

  /// The highest exit code of the slots; [#NO_CODE] for one that never ran.
  public int exitCode() {
    int code = 0;
    for (int slot : slots) {
      Instance instance = last.get(slot);
      code = Math.max(code, instance == null ? NO_CODE : code(instance));
    }
    return code;
  }

  /// The newest instance of each slot, by slot.
  public Collection<Instance> last() {
    return last.values();
  }

  private boolean hasEnded(@Nullable Instance instance, boolean quiet) {
    if (instance == null) {
      return false;
    }
    boolean batch = spec.getType() == WorkloadType.WORKLOAD_TYPE_BATCH;
    RestartCondition condition = spec.getRestart().getCondition();
    return switch (instance.getStatus().getState()) {
      case INSTANCE_STATE_COMPLETE ->
          batch || condition != RestartCondition.RESTART_CONDITION_ALWAYS;
      case INSTANCE_STATE_STOPPED -> true;
      case INSTANCE_STATE_FAILED ->
          condition == RestartCondition.RESTART_CONDITION_NEVER
              || (batch && (quiet || failures(instance) >= BATCH_FAILURES));
      case INSTANCE_STATE_REJECTED, INSTANCE_STATE_LOST -> batch && quiet;
      case INSTANCE_STATE_UNSPECIFIED,
          INSTANCE_STATE_PENDING,
          INSTANCE_STATE_ASSIGNED,
          INSTANCE_STATE_PREPARING,
          INSTANCE_STATE_STARTING,
          INSTANCE_STATE_RUNNING,
          INSTANCE_STATE_STOPPING,
          UNRECOGNIZED ->
          false;
    };
  }

  private int failures(Instance instance) {
    return failures.getOrDefault(instance.getSlot(), Set.of()).size();
  }

  private static boolean hasFailed(Instance instance) {
    return instance.getStatus().getState() == InstanceState.INSTANCE_STATE_FAILED;
  }

  private static int code(Instance instance) {
    InstanceStatus status = instance.getStatus();
    if (status.hasExitCode()) {
      return status.getExitCode();
    }
    return switch (status.getState()) {
      case INSTANCE_STATE_COMPLETE, INSTANCE_STATE_STOPPED -> 0;
      case INSTANCE_STATE_FAILED -> startFailure(status);
      case INSTANCE_STATE_UNSPECIFIED,
          INSTANCE_STATE_PENDING,
          INSTANCE_STATE_ASSIGNED,
          INSTANCE_STATE_PREPARING,
          INSTANCE_STATE_STARTING,
          INSTANCE_STATE_RUNNING,
          INSTANCE_STATE_STOPPING,
          INSTANCE_STATE_LOST,
          INSTANCE_STATE_REJECTED,
          UNRECOGNIZED ->
          NO_CODE;
    };
  }

  // Runtimes say only in words why a program could not be started; docker's own client reads them
  // in the same way.
  private static int startFailure(InstanceStatus status) {
    if (!status.getReason().equals("StartFailed")) {
      return NO_CODE;
    }
    String message = status.getMessage();
    if (message.contains("no such file or directory") || message.contains("file not found")) {
      return ExitCode.NOT_FOUND;
    }
    boolean refused =
        message.contains("permission denied")
            || message.contains("exec format error")
            || message.contains("is a directory");
    return refused ? ExitCode.NOT_EXECUTABLE : NO_CODE;
  }

  // One that lives is newer than one that ended; of two of a kind the later made.
  private static Instance newer(Instance one, Instance other) {
    Comparator<Instance> order =
        Comparator.<Instance, Boolean>comparing(instance -> !Listings.isFinal(instance))
            .thenComparing(Instance::getCreateTime, Timestamps.comparator());
    return order.compare(one, other) >= 0 ? one : other;
  }
}
