package dev.berth.controller.loop;

import dev.berth.controller.core.Mutation;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.v1.Event;
import dev.berth.v1.InstanceState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds out what a turn's mutations changed for those who look.
final class ChangeCollector {
  private ChangeCollector() {}

  static Changes collect(ClusterState before, List<Mutation> mutations, List<Event> events) {
    SortedSet<String> instances = new TreeSet<>();
    SortedSet<WorkloadKey> workloads = new TreeSet<>();
    SortedSet<String> nodes = new TreeSet<>();
    for (Mutation mutation : mutations) {
      switch (mutation) {
        case Mutation.PutWorkload put -> workloads.add(put.workload().key());
        case Mutation.RemoveWorkload removed -> workloads.add(removed.key());
        case Mutation.PutInstance put -> {
          instances.add(put.instance().id());
          nodes.add(put.instance().node());
        }
        case Mutation.RemoveInstance removed -> {
          instances.add(removed.id());
          nodes.add(removed.node());
        }
        case Mutation.ObserveInstance observed -> instances.add(observed.instance().id());
        case Mutation.PutPending put -> instances.add(put.instance().id());
        case Mutation.RemovePending removed -> instances.add(removed.id());
        case Mutation.PutNode put -> nodes.add(put.node().name());
        case Mutation.RemoveNode removed -> nodes.add(removed.name());
        case Mutation.ObserveNode observed -> {
          if (isVisible(before, observed.node())) {
            nodes.add(observed.node().name());
          }
        }
        case Mutation.PutToken _, Mutation.RemoveToken _ -> {}
      }
    }
    return new Changes(instances, workloads, nodes, events);
  }

  private static boolean isVisible(ClusterState before, NodeRecord after) {
    NodeRecord then = before.node(after.name());
    return then == null
        || then.state() != after.state()
        || !then.liveness().note().equals(after.liveness().note());
  }

  static void countPlacements(ClusterState before, List<Mutation> mutations, LoopMetrics metrics) {
    Set<String> placed = new HashSet<>();
    Set<String> unplaced = new HashSet<>();
    for (Mutation mutation : mutations) {
      if (mutation instanceof Mutation.PutInstance put
          && put.instance().state() == InstanceState.INSTANCE_STATE_ASSIGNED) {
        InstanceRecord then = before.instance(put.instance().id());
        if (then == null || then.isPending()) {
          placed.add(put.instance().id());
        }
      } else if (mutation instanceof Mutation.PutPending put) {
        unplaced.add(put.instance().id());
      }
    }
    unplaced.removeAll(placed);
    if (!placed.isEmpty() || !unplaced.isEmpty()) {
      metrics.placements(placed.size(), unplaced.size());
    }
  }
}
