package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.schedule.PlacementRequest.Slot;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Places slots that are bound to a node by what is there: a volume, or what a stopped instance
/// wrote.
final class BoundSlots {
  private final Fleet fleet;
  private final PlacementRequest request;
  private final PlacementSearch search;

  BoundSlots(Fleet fleet, PlacementRequest request, PlacementSearch search) {
    this.fleet = fleet;
    this.request = request;
    this.search = search;
  }

  /// Whether a slot may have to be on one node: room is being made there, or its data are there.
  boolean isBound(Slot slot) {
    return slot.nominated() != null || slot.kept() != null || nodeOfVolumes(slot) != null;
  }

  /// Places a slot where its data are, or says why it has to wait for that node; null when any node
  /// will do.
  @Nullable Placement place(Slot slot, RandomGenerator random) {
    Placement again = again(slot);
    FleetNode node = again == null ? nodeOfVolumes(slot) : null;
    if (node == null) {
      return again;
    }
    Candidate candidate = search.pinned(node);
    return candidate != null
        ? search.take(candidate, random)
        : refusedBy(node).volumeOn(node.name(), fleet.size());
  }

  /// What was stopped begins anew elsewhere only when it is not held.
  private @Nullable Placement again(Slot slot) {
    InstanceRecord kept = slot.kept();
    FleetNode node = kept == null ? null : fleet.node(kept.node());
    if (kept == null || node == null) {
      return null;
    }
    Candidate candidate = search.pinned(node);
    if (candidate != null && candidate.isFreeOf(kept)) {
      return search.take(candidate, kept.message().getPortsList(), kept.message().getDevicesList());
    }
    if (request.spec().getLostPolicy() != LostPolicy.LOST_POLICY_HOLD) {
      return null;
    }
    return candidate == null
        ? refusedBy(node).keptOn(node.name(), fleet.size())
        : Refusals.takenOn(node.name(), fleet.size());
  }

  private @Nullable FleetNode nodeOfVolumes(Slot slot) {
    InstanceRecord previous = slot.previous();
    return previous != null && request.spec().getMountsList().stream().anyMatch(Mount::hasVolume)
        ? fleet.node(previous.node())
        : null;
  }

  private Refusals refusedBy(FleetNode node) {
    Refusals only = new Refusals();
    only.add(search.rejection(node), node.name());
    return only;
  }
}
