package dev.berth.controller.loop;

import dev.berth.controller.core.Decision;
import dev.berth.controller.core.Mutation;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceChange;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.v1.Event;
import dev.berth.v1.InstanceState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Finds out what a turn's mutations changed for those who look.
final class ChangeCollector {
  private ChangeCollector() {}

  static Changes collect(ClusterState before, Decision decision, List<Event> events) {
    Set<WorkloadKey> workloads = new LinkedHashSet<>();
    Set<String> nodes = new LinkedHashSet<>();
    for (Mutation mutation : decision.mutations()) {
      switch (mutation) {
        case Mutation.PutWorkload put -> workloads.add(put.workload().key());
        case Mutation.RemoveWorkload removed -> workloads.add(removed.key());
        case Mutation.PutInstance put -> nodes.add(put.instance().node());
        case Mutation.RemoveInstance removed -> nodes.add(removed.node());
        case Mutation.PutNode put -> nodes.add(put.node().name());
        case Mutation.RemoveNode removed -> nodes.add(removed.name());
        case Mutation.ObserveNode observed -> {
          if (isVisible(before, observed.node())) {
            nodes.add(observed.node().name());
          }
        }
        case Mutation.ObserveInstance _,
            Mutation.PutPending _,
            Mutation.RemovePending _,
            Mutation.Nominate _,
            Mutation.PutWakeup _,
            Mutation.RemoveWakeup _,
            Mutation.PutNamespace _,
            Mutation.RemoveNamespace _,
            Mutation.PutToken _,
            Mutation.RemoveToken _ -> {}
      }
    }
    return new Changes(decision.instances(), workloads, nodes, events);
  }

  private static boolean isVisible(ClusterState before, NodeRecord after) {
    NodeRecord then = before.node(after.name());
    return then == null
        || then.state() != after.state()
        || !then.liveness().note().equals(after.liveness().note());
  }

  static void countPlacements(List<InstanceChange> changes, LoopMetrics metrics) {
    int placed = 0;
    int unplaced = 0;
    for (InstanceChange change : changes) {
      InstanceRecord then = change.before();
      InstanceRecord now = change.after();
      if (now == null) {
        continue;
      }
      if (now.isPending()) {
        unplaced++;
      } else if (now.state() == InstanceState.INSTANCE_STATE_ASSIGNED
          && (then == null || then.isPending())) {
        placed++;
      }
    }
    if (placed > 0 || unplaced > 0) {
      metrics.placements(placed, unplaced);
    }
  }
}
