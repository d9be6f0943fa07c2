package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Views;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.TaintRules;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Mount;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which instances are to leave a node that is drained, or that has a taint which they do not
/// tolerate: some at a time, within the disruption budgets of their workloads. Each is stopped, and
/// its slot is then placed elsewhere. Pure.
public final class Evictions {
  private static final int MAX_PARALLEL_DEFAULT = 10;

  private Evictions() {}

  /// Where the emptying of a node stands.
  ///
  /// @param next instances to stop now
  /// @param remaining how many are still to go, those on the way included
  /// @param waiting what holds others up, for people; empty: nothing
  public record Progress(List<InstanceRecord> next, int remaining, String waiting) {}

  /// Where it stands.
  ///
  /// @param budgets what is taken for `next` is taken from them
  /// @param now monotonic milliseconds
  public static Progress of(ClusterState state, NodeRecord node, Budgets budgets, long now) {
    boolean draining = isDraining(node);
    boolean patient = !draining || now < node.drainUntilMillis();
    int most =
        draining && node.message().getDrain().getMaxParallel() > 0
            ? node.message().getDrain().getMaxParallel()
            : MAX_PARALLEL_DEFAULT;
    List<InstanceRecord> next = new ArrayList<>();
    SortedSet<String> reasons = new TreeSet<>();
    int remaining = 0;
    int onTheWay = onTheWay(state, node);
    for (InstanceRecord instance : state.usage(node.name()).instances().values()) {
      if (instance.isFinal() || !mustLeave(state, node, instance)) {
        continue;
      }
      if (isBound(state, instance)) {
        reasons.add(instance.message().getName() + " stays: its volume is here; delete or stop it");
        continue;
      }
      remaining++;
      if (!instance.isWanted()) {
        continue;
      }
      if (onTheWay + next.size() >= most) {
        continue;
      }
      if (budgets.take(instance.workload()) || !patient) {
        next.add(instance);
      } else {
        reasons.add(
            instance.message().getName() + " waits: its budget allows no more slots to be away");
      }
    }
    return new Progress(next, remaining, String.join("; ", reasons));
  }

  private static boolean isDraining(NodeRecord node) {
    return node.message().getAvailability() == NodeAvailability.NODE_AVAILABILITY_DRAINING;
  }

  /// Whether an instance must not be on a node, because that is drained or has a taint.
  static boolean mustLeave(ClusterState state, NodeRecord node, InstanceRecord instance) {
    if (isDraining(node)) {
      return true;
    }
    WorkloadRecord workload = state.workload(instance.workload());
    List<Toleration> tolerations =
        workload == null
            ? List.of()
            : workload.message().getSpec().getPlacement().getTolerationsList();
    for (Taint taint : node.message().getTaintsList()) {
      if (taint.getEffect() == TaintEffect.TAINT_EFFECT_NO_EXECUTE
          && !TaintRules.tolerates(tolerations, taint)) {
        return true;
      }
    }
    return false;
  }

  /// Whether it could run nowhere else.
  private static boolean isBound(ClusterState state, InstanceRecord instance) {
    WorkloadRecord workload = state.workload(instance.workload());
    return workload != null
        && workload.wants(instance.slot())
        && workload.message().getSpec().getMountsList().stream().anyMatch(Mount::hasVolume);
  }

  /// Instances that are being stopped here, and slots that left and do not run elsewhere yet.
  private static int onTheWay(ClusterState state, NodeRecord node) {
    int count = 0;
    for (InstanceRecord instance : state.usage(node.name()).instances().values()) {
      WorkloadRecord workload = state.workload(instance.workload());
      if (workload == null || !workload.wants(instance.slot())) {
        continue;
      }
      if (!instance.isFinal()) {
        count += instance.isWanted() ? 0 : 1;
      } else if (instance.state() == InstanceState.INSTANCE_STATE_STOPPED) {
        InstanceRecord newest =
            Views.newest(state.instancesOf(instance.workload(), instance.slot()));
        count +=
            newest != null
                    && newest.isWanted()
                    && newest.state() != InstanceState.INSTANCE_STATE_RUNNING
                ? 1
                : 0;
      }
    }
    return count;
  }
}
