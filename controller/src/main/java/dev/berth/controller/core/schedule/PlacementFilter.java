package dev.berth.controller.core.schedule;

import org.jspecify.annotations.Nullable;

/// A rule that a node must satisfy. Pure.
@FunctionalInterface
public interface PlacementFilter {
  /// Null when the node may get the instance, else why not.
  @Nullable Rejection reject(Candidate candidate, PlacementRequest request);
}
