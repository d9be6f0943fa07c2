package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Mount;

/// The wishes of the default policy.
final class PlacementScorers {
  private PlacementScorers() {}

  /// Fills nodes up: 0 for an empty node, 1 for one that would be full.
  static double binPacking(Candidate candidate, PlacementRequest request) {
    return (share(
                candidate.usage().cpuMillis() + request.requested().getCpuMillis(),
                candidate.capacity().getCpuMillis())
            + share(
                candidate.usage().memoryBytes() + request.requested().getMemoryBytes(),
                candidate.capacity().getMemoryBytes()))
        / 2;
  }

  private static double share(long used, long capacity) {
    return capacity <= 0 ? 1 : Math.min(1, (double) used / capacity);
  }

  /// Keeps instances of a workload that asks for it apart: 0 where none is, 1/10000 less for
  /// each.
  static double spread(Candidate candidate, PlacementRequest request) {
    int siblings = request.siblings().getOrDefault(candidate.node().name(), 0);
    return -siblings / 10_000.0;
  }

  /// Avoids the node on which the slot failed last: -1 there.
  static double notWhereItFailed(Candidate candidate, PlacementRequest request) {
    InstanceRecord previous = request.previous();
    return previous != null
            && previous.node().equals(candidate.node().name())
            && (previous.state() == InstanceState.INSTANCE_STATE_FAILED
                || previous.state() == InstanceState.INSTANCE_STATE_REJECTED)
        ? -1
        : 0;
  }

  /// Returns to the node where the slot's volumes are: 1 there.
  static double whereItsDataIs(Candidate candidate, PlacementRequest request) {
    InstanceRecord previous = request.previous();
    return previous != null
            && previous.node().equals(candidate.node().name())
            && request.spec().getMountsList().stream().anyMatch(Mount::hasVolume)
        ? 1
        : 0;
  }
}
