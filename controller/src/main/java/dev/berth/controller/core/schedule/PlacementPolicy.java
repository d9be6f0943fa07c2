package dev.berth.controller.core.schedule;

import java.util.List;

/// Which rules count, in order: the only registry.
///
/// @param classFilters asked once for all nodes that are alike; the first that refuses gives the
///     reason
/// @param nodeFilters asked about each node that is considered, after those
record PlacementPolicy(List<ClassFilter> classFilters, List<NodeFilter> nodeFilters) {
  /// The policy of every cluster.
  static final PlacementPolicy DEFAULT =
      new PlacementPolicy(
          List.of(
              ClassFilters::standing,
              ClassFilters::runtime,
              ClassFilters::hypervisor,
              ProcessFilter::confinement,
              ClassFilters::taints,
              ClassFilters::devices,
              ClassFilters::require),
          List.of(
              NodeFilters::require,
              NodeFilters::number,
              NodeFilters::cpu,
              NodeFilters::memory,
              NodeFilters::devices,
              NodeFilters::ports));
}
