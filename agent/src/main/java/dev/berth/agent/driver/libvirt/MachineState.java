package dev.berth.agent.driver.libvirt;

/// What a machine does.
sealed interface MachineState {
  /// Runs, stands still, or is about to end.
  ///
  /// @param paused whether it stands still until it is told to go on
  record Active(boolean paused) implements MachineState {}

  /// Is off, or was never on.
  ///
  /// @param why how it came to be off
  record Off(Cause why) implements MachineState {}

  /// How a machine came to be off.
  enum Cause {
    /// Nothing is known: it was never on, or the hypervisor was restarted meanwhile.
    UNKNOWN,
    /// The guest ended it.
    SHUT_DOWN,
    /// Someone took its power away.
    POWERED_OFF,
    /// Its process ended, or the guest crashed.
    CRASHED,
    /// The hypervisor could not run it.
    FAILED
  }
}
