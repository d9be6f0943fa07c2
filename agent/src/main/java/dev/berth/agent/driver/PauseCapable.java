package dev.berth.agent.driver;

/// A driver whose instances can stand still: they keep their memory and get no processor time.
/// Published as the capability "pause".
///
/// Whether one stands still is part of [RunState.Running]. [RuntimeDriver#stop] and
/// [RuntimeDriver#remove] end one that does as they end any other.
public interface PauseCapable {
  /// The reason of a failure: it does not run.
  String NOT_RUNNING = "NotRunning";

  /// Lets a running instance stand still; one that does stays so.
  ///
  /// @throws DriverException with the reason [#NOT_RUNNING], or when the runtime cannot be asked
  ///     or refuses
  void pause(RuntimeHandle handle) throws DriverException;

  /// Lets an instance that stands still go on; one that runs goes on running.
  ///
  /// @throws DriverException with the reason [#NOT_RUNNING], or when the runtime cannot be asked
  ///     or refuses
  void unpause(RuntimeHandle handle) throws DriverException;
}
