package dev.berth.controller.core.schedule;

/// A wish among nodes that all would do. Pure.
@FunctionalInterface
public interface PlacementScorer {
  /// Higher is better, -1 to 1.
  double score(Candidate candidate, PlacementRequest request);
}
