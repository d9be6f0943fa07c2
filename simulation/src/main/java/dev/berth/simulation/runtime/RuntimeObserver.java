package dev.berth.simulation.runtime;

/// Sees all that happens in runtimes, whoever does it: what the invariants are judged by.
public interface RuntimeObserver {
  /// An object was made.
  ///
  /// @param again whether its instance has another one on this host
  void made(String host, Container container, boolean again);

  /// A program was started.
  void started(String host, Container container);

  /// A program ended.
  ///
  /// @param stopped whether the agent made it end
  void ended(String host, Container container, boolean stopped);

  /// An object was removed.
  void removed(String host, Container container);
}
