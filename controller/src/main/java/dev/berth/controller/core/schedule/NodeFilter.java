package dev.berth.controller.core.schedule;

import org.jspecify.annotations.Nullable;

/// A rule about a single node and what is on it. Pure. What it refuses it must go on refusing while
/// more instances are placed on the node: a search does not come back to it.
@FunctionalInterface
interface NodeFilter {
  /// Null when the node may get one more instance, else why not.
  @Nullable Rejection reject(Candidate candidate, PlacementRequest request, PlacementNeeds needs);
}
