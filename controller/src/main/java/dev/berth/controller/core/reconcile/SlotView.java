package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.v1.DesiredState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The instances of one slot, sorted out.
///
/// @param slot its index, from 1
/// @param waiting the instance that waits for a node
/// @param active instances with a node that are not final, the newest first
/// @param ended final instances, the newest first
record SlotView(
    int slot,
    @Nullable InstanceRecord waiting,
    List<InstanceRecord> active,
    List<InstanceRecord> ended) {
  static SlotView of(int slot, List<InstanceRecord> instances) {
    if (instances.isEmpty()) {
      return new SlotView(slot, null, List.of(), List.of());
    }
    InstanceRecord waiting = null;
    List<InstanceRecord> active = new ArrayList<>(1);
    List<InstanceRecord> ended = new ArrayList<>(1);
    for (InstanceRecord instance : instances) {
      if (instance.isPending()) {
        waiting = instance;
      } else if (instance.isFinal()) {
        ended.add(instance);
      } else {
        active.add(instance);
      }
    }
    return new SlotView(slot, waiting, active, ended);
  }

  /// The newest active instance, or null.
  @Nullable InstanceRecord running() {
    return active.isEmpty() ? null : active.getFirst();
  }

  /// The newest final instance, or null.
  @Nullable InstanceRecord last() {
    return ended.isEmpty() ? null : ended.getFirst();
  }

  boolean isStopping() {
    return active.stream()
        .anyMatch(i -> i.message().getDesiredState() == DesiredState.DESIRED_STATE_STOP);
  }
}
