package dev.berth.controller.core.reconcile;

import com.google.protobuf.util.Durations;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.NodeState;
import dev.berth.v1.WorkloadSpec;

/// What becomes of instances whose node is lost, by the lost policy of their workload.
final class LostNodes {
  // For clocks that run at different speeds, and for whatever else may be late.
  private static final long FENCE_MARGIN_MILLIS = 2_000;
  private static final long FENCE_MARGIN_PERCENT = 1;

  private final long fenceMillis;

  /// @param fenceMillis time without acknowledged contact after which agents stop instances by
  ///     themselves
  LostNodes(long fenceMillis) {
    this.fenceMillis = fenceMillis;
  }

  static boolean isOnLostNode(ClusterState state, InstanceRecord instance) {
    NodeRecord node = state.node(instance.node());
    return node == null || node.isFenced() || node.state() == NodeState.NODE_STATE_LOST;
  }

  /// Whether the instance is given up, so that its slot gets another one.
  ///
  /// @param alarm is set to when it will be, if time alone decides
  boolean isGivenUp(
      ClusterState state, WorkloadRecord workload, InstanceRecord instance, long now, Alarm alarm) {
    if (!isOnLostNode(state, instance)) {
      return false;
    }
    NodeRecord node = state.node(instance.node());
    WorkloadSpec spec = workload.specAt(instance.message().getWorkloadRevision());
    if (node == null || node.isFenced() || workload.message().getDeleting() || spec == null) {
      return true;
    }
    if (spec.getLostPolicy() == LostPolicy.LOST_POLICY_FENCE) {
      long due = stoppedAt(node, instance, spec);
      alarm.at(due);
      return now >= due;
    }
    return spec.getLostPolicy() != LostPolicy.LOST_POLICY_HOLD;
  }

  /// When the agent has certainly stopped it, if it still lives: its last contact was no later than
  /// when the node was heard last.
  private long stoppedAt(NodeRecord node, InstanceRecord instance, WorkloadSpec spec) {
    var own = instance.stopGrace();
    long grace = Durations.toMillis(own != null ? own : spec.getStopGrace());
    long wait = fenceMillis + grace;
    return node.liveness().heardMillis()
        + wait
        + wait * FENCE_MARGIN_PERCENT / 100
        + FENCE_MARGIN_MILLIS;
  }
}
