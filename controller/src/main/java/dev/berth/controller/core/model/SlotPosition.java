package dev.berth.controller.core.model;

/// Where an instance stands among those of its workload: by slot, and the newest of a slot first.
///
/// @param slot index of the slot, from 1
/// @param attempt counts the instances of the slot, from 1
public record SlotPosition(int slot, long attempt) implements Comparable<SlotPosition> {
  @Override
  public int compareTo(SlotPosition other) {
    int bySlot = Integer.compare(slot, other.slot);
    return bySlot != 0 ? bySlot : Long.compare(other.attempt, attempt);
  }

  /// Sorts before every instance of a slot.
  static SlotPosition firstOf(int slot) {
    return new SlotPosition(slot, Long.MAX_VALUE);
  }
}
