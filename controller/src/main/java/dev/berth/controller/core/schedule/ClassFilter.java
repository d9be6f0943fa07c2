package dev.berth.controller.core.schedule;

import org.jspecify.annotations.Nullable;

/// A rule about what nodes of a class have in common: asked once for all of them. Pure.
@FunctionalInterface
interface ClassFilter {
  /// Null when the nodes may get the workload's instances, else why not.
  @Nullable Rejection reject(NodeClass nodes, PlacementRequest request, PlacementNeeds needs);
}
