package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.InstanceState;
import java.util.HashMap;
import java.util.Map;

/// How many more slots of workloads may be disturbed, by their disruption budgets. Counted once for
/// each workload that is asked about, and kept up to date with what is taken.
public final class Budgets {
  private final ClusterState state;
  private final Map<WorkloadKey, Integer> left = new HashMap<>();

  /// Budgets as they are in a state.
  public Budgets(ClusterState state) {
    this.state = state;
  }

  /// How many more slots may be away; [Integer#MAX_VALUE] without a budget.
  public int left(WorkloadKey key) {
    return left.computeIfAbsent(key, this::count);
  }

  /// Takes one slot away, if the budget has one left.
  ///
  /// @return false when it has not
  public boolean take(WorkloadKey key) {
    int now = left(key);
    if (now <= 0) {
      return false;
    }
    left.put(key, now == Integer.MAX_VALUE ? now : now - 1);
    return true;
  }

  private int count(WorkloadKey key) {
    WorkloadRecord workload = state.workload(key);
    if (workload == null || !workload.message().getSpec().hasDisruptionBudget()) {
      return Integer.MAX_VALUE;
    }
    int most = workload.message().getSpec().getDisruptionBudget().getMaxUnavailable();
    int wanted = 0;
    for (int slot = 1; slot <= workload.message().getSpec().getReplicas(); slot++) {
      wanted += workload.wants(slot) ? 1 : 0;
    }
    int there = 0;
    int last = 0;
    for (InstanceRecord instance : state.instancesOf(key)) {
      if (instance.slot() != last
          && instance.isWanted()
          && workload.wants(instance.slot())
          && instance.state() == InstanceState.INSTANCE_STATE_RUNNING) {
        there++;
        last = instance.slot();
      }
    }
    return most - (wanted - there);
  }
}
