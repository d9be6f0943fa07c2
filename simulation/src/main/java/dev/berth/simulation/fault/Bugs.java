package dev.berth.simulation.fault;

import java.util.EnumSet;
import java.util.Set;

/// Which bugs are planted in this run: none, but for proving that the invariants find them.
public final class Bugs {
  private final Set<PlantedBug> planted = EnumSet.noneOf(PlantedBug.class);

  /// Plants some.
  public Bugs(Set<PlantedBug> planted) {
    this.planted.addAll(planted);
  }

  /// Whether one is planted.
  public boolean has(PlantedBug bug) {
    return !planted.isEmpty() && planted.contains(bug);
  }
}
