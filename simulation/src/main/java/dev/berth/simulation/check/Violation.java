package dev.berth.simulation.check;

/// An invariant that did not hold.
///
/// @param invariant its number in the list of invariants
/// @param nanos when, since the simulation began
/// @param text what was seen
public record Violation(int invariant, long nanos, String text) {
  @Override
  public String toString() {
    return "invariant %d at %.6f s: %s".formatted(invariant, nanos / 1e9, text);
  }
}
