package dev.berth.bench.fleet;

/// Calls back later.
interface Alarm {
  /// Runs a task later, never before this returns.
  ///
  /// @param millis from now; 0: as soon as may be
  void after(long millis, Runnable task);
}
