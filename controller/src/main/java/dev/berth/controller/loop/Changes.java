package dev.berth.controller.loop;

import dev.berth.controller.core.model.InstanceChange;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.v1.Event;
import java.util.List;
import java.util.Set;

/// What a turn touched, in the order in which it was.
///
/// @param instances what became of instances
/// @param workloads names of workloads; look each up in the snapshots before and after
/// @param nodes names of nodes whose visible fields may have changed; heartbeats alone do not count
/// @param events what happened, each with the revision of the snapshot after
public record Changes(
    List<InstanceChange> instances,
    Set<WorkloadKey> workloads,
    Set<String> nodes,
    List<Event> events) {
  /// Whether nothing can be seen to have changed.
  boolean isEmpty() {
    return instances.isEmpty() && workloads.isEmpty() && nodes.isEmpty() && events.isEmpty();
  }
}
