package dev.berth.controller.loop;

import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.v1.Event;
import java.util.List;
import java.util.SortedSet;

/// What a turn touched. Look each up in the snapshots before and after: absent after means removed.
///
/// @param instances ids of instances
/// @param workloads names of workloads
/// @param nodes names of nodes whose visible fields may have changed; heartbeats alone do not count
/// @param events what happened, each with the revision of the snapshot after
public record Changes(
    SortedSet<String> instances,
    SortedSet<WorkloadKey> workloads,
    SortedSet<String> nodes,
    List<Event> events) {
  /// Whether nothing can be seen to have changed.
  boolean isEmpty() {
    return instances.isEmpty() && workloads.isEmpty() && nodes.isEmpty() && events.isEmpty();
  }
}
