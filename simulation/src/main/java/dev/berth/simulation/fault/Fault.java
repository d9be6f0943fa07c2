package dev.berth.simulation.fault;

/// One thing that goes wrong, and is over again.
///
/// @param kind what
/// @param atMillis when it begins, in milliseconds since the faults began
/// @param millis how long it lasts
/// @param detail chooses whom it hits and how; any number
public record Fault(FaultKind kind, long atMillis, long millis, int detail) {
  @Override
  public String toString() {
    return "%s at %.1f s for %.1f s (%d)".formatted(kind, atMillis / 1e3, millis / 1e3, detail);
  }
}
