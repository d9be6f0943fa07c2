package dev.berth.controller.core.schedule;

import java.util.List;

/// Which rules and wishes count, in order: the only registry.
///
/// @param filters asked in order; the first that refuses gives the reason
/// @param scorers summed up with their weights
public record PlacementPolicy(List<PlacementFilter> filters, List<Weighted> scorers) {
  /// A wish and how much it counts.
  public record Weighted(double weight, PlacementScorer scorer) {}

  /// The policy of every cluster.
  public static final PlacementPolicy DEFAULT =
      new PlacementPolicy(
          List.of(
              PlacementFilters::ready,
              PlacementFilters::notCordoned,
              PlacementFilters::driver,
              PlacementFilters::number,
              PlacementFilters::cpu,
              PlacementFilters::memory,
              PlacementFilters::ports),
          List.of(
              new Weighted(1_000_000, PlacementScorers::whereItsDataIs),
              new Weighted(100, PlacementScorers::notWhereItFailed),
              new Weighted(100_000, PlacementScorers::spread),
              new Weighted(1, PlacementScorers::binPacking)));
}
