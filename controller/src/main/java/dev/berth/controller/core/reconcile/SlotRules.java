package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.InstanceState;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import org.jspecify.annotations.Nullable;

/// When a slot whose instance ended gets another one.
final class SlotRules {
  private static final int BATCH_RESCHEDULES = 1;

  private SlotRules() {}

  /// Whether the slot has run for good: nothing more is to happen unless a user asks.
  static boolean isDone(WorkloadRecord workload, SlotView slot) {
    InstanceRecord last = slot.last();
    if (last == null || last.attempt().superseded() || RolloutPlanner.isOutdated(workload, last)) {
      return false;
    }
    WorkloadSpec spec = workload.message().getSpec();
    boolean batch = spec.getType() == WorkloadType.WORKLOAD_TYPE_BATCH;
    RestartCondition condition = spec.getRestart().getCondition();
    if (last.state() == InstanceState.INSTANCE_STATE_COMPLETE) {
      return batch || condition != RestartCondition.RESTART_CONDITION_ALWAYS;
    }
    return last.state() == InstanceState.INSTANCE_STATE_FAILED
        && !isFenced(last)
        && (condition == RestartCondition.RESTART_CONDITION_NEVER
            || (batch && last.attempt().failures() >= BATCH_RESCHEDULES));
  }

  /// When a slot without an active instance is due for the next one, in monotonic milliseconds.
  static long dueAt(WorkloadRecord workload, SlotView slot) {
    InstanceRecord last = slot.last();
    if (last == null || last.attempt().superseded() || RolloutPlanner.isOutdated(workload, last)) {
      return Long.MIN_VALUE;
    }
    if (isRefused(last)) {
      return RetryDelay.afterRefusal(last);
    }
    return hasFailed(last) ? RetryDelay.dueAt(last) : Long.MIN_VALUE;
  }

  /// The place of the next instance in the life of the slot.
  static InstanceRecord.Attempt nextAttempt(WorkloadRecord workload, SlotView slot) {
    InstanceRecord last = slot.last();
    if (last == null) {
      return InstanceRecord.Attempt.FIRST;
    }
    int failures = 0;
    int refusals = 0;
    if (!last.attempt().superseded() && !RolloutPlanner.isOutdated(workload, last)) {
      if (isRefused(last)) {
        failures = last.attempt().failures();
        refusals = RetryDelay.refusalsAfter(last);
      } else if (hasFailed(last)) {
        failures = RetryDelay.failuresAfter(last);
      } else if (last.state() == InstanceState.INSTANCE_STATE_LOST || isFenced(last)) {
        failures = last.attempt().failures();
      }
    }
    return new InstanceRecord.Attempt(last.attempt().number() + 1, failures, refusals, false);
  }

  /// The stopped instance that the slot goes on with: what it wrote is still on its node. Null when
  /// there is none, or it ran something else, or its node is being emptied.
  static @Nullable InstanceRecord kept(ClusterState state, WorkloadRecord workload, SlotView slot) {
    InstanceRecord last = slot.last();
    if (last == null
        || last.state() != InstanceState.INSTANCE_STATE_STOPPED
        || (RolloutPlanner.isOutdated(workload, last)
            && !InPlace.canStartAs(state, workload, last))) {
      return null;
    }
    NodeRecord node = state.node(last.node());
    return node == null || Evictions.mustLeave(state, node, last) ? null : last;
  }

  // A service that ended well although it is to run always has failed at that.
  private static boolean hasFailed(InstanceRecord last) {
    return (last.state() == InstanceState.INSTANCE_STATE_FAILED && !isFenced(last))
        || last.state() == InstanceState.INSTANCE_STATE_COMPLETE;
  }

  // The node could not take it: that says nothing against the program.
  private static boolean isRefused(InstanceRecord last) {
    return last.state() == InstanceState.INSTANCE_STATE_REJECTED;
  }

  // The node was out of contact: that says nothing against the program, so it waits for nothing.
  private static boolean isFenced(InstanceRecord last) {
    return last.message().getStatus().getReason().equals("Fenced");
  }
}
