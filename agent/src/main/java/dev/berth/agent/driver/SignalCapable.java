package dev.berth.agent.driver;

/// A driver whose instances take signals. Published as the capability "signals".
///
/// To every driver KILL can be sent, published as "kill": one that is not this is told to stop the
/// instance at once.
public interface SignalCapable {
  /// Sends a signal to the first process of a running instance; KILL ends all that it started.
  /// Returns when it was sent, which need not be when it has been acted upon.
  ///
  /// @param signal its number on Linux, 1 to 64
  /// @throws DriverException with the reason [PauseCapable#NOT_RUNNING], or when the runtime cannot
  ///     be asked or refuses
  void signal(RuntimeHandle handle, int signal) throws DriverException;
}
