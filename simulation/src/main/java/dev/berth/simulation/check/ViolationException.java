package dev.berth.simulation.check;

/// Ends a simulation whose invariants do not hold.
public final class ViolationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Violation violation;

  ViolationException(Violation violation) {
    super(violation.toString());
    this.violation = violation;
  }

  /// What did not hold.
  public Violation violation() {
    return violation;
  }
}
