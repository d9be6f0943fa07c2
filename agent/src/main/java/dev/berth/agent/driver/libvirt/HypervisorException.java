package dev.berth.agent.driver.libvirt;

import org.jspecify.annotations.Nullable;

/// A hypervisor's call that failed.
final class HypervisorException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What kind of failure it is.
  enum Kind {
    /// The hypervisor cannot be reached or does not answer; what became of the call is unknown.
    AWAY,
    /// The hypervisor refuses: what was asked cannot be done, not now and not later.
    REFUSED,
    /// Someone else has what only one can have.
    TAKEN,
    /// It could not be done now: no room, a port or file in use, a fault of its own.
    FAILED
  }

  private final Kind kind;

  HypervisorException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }
}
