package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadKey;
import java.util.List;
import java.util.function.ToIntFunction;
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

  /// What else counts.
  ///
  /// @param budgets how many more slots of a workload may be disturbed to make room
  /// @param explain whether to work out why there is no node, which means asking every node
  public record Circumstances(ToIntFunction<WorkloadKey> budgets, boolean explain) {}

  /// Whether the quota of its namespace allows an instance to become another one.
  public boolean quotaAllows(ClusterState state, InstanceRecord before, InstanceRecord after) {
    fleet.standFor(state);
    return QuotaRoom.allows(fleet, before, after);
  }

  /// Places the slots of one workload.
  ///
  /// @return for each slot, in order, the best node, or the node where room is to be made, or why
  ///     there is none; without a message when that was not worked out
  public List<Placement> place(
      ClusterState state,
      PlacementRequest request,
      Circumstances circumstances,
      RandomGenerator random) {
    fleet.standFor(state);
    fleet.refresh();
    PlacementSearch search = new PlacementSearch(fleet, PlacementPolicy.DEFAULT, request);
    return new PreemptionSearch(fleet, search, request, circumstances.budgets())
        .improve(search.place(random, circumstances.explain()));
  }
}
