package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import java.util.List;
import java.util.random.RandomGenerator;

/// Finds nodes for slots: filter, score, choose host ports and devices. Changes nothing; the caller
/// reserves, and tells the [Fleet] of each change.
public final class Scheduler {
  private final Fleet fleet = new Fleet();

  /// A scheduler by the default policy.
  public Scheduler() {}

  /// The nodes as this scheduler sees them.
  public Fleet fleet() {
    return fleet;
  }

  /// Places the slots of one workload.
  ///
  /// @return for each slot, in order, the best node or why there is none
  public List<Placement> place(
      ClusterState state, PlacementRequest request, RandomGenerator random) {
    fleet.standFor(state);
    fleet.refresh();
    return new PlacementSearch(fleet, PlacementPolicy.DEFAULT, request).place(random);
  }
}
