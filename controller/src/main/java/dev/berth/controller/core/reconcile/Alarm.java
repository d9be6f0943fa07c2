package dev.berth.controller.core.reconcile;

/// The next time at which a plan may come out differently even if nothing happens until then.
final class Alarm {
  private long atMillis = WorkloadPlan.NEVER;

  /// It may at this time, in monotonic milliseconds.
  void at(long millis) {
    atMillis = Math.min(atMillis, millis);
  }

  long atMillis() {
    return atMillis;
  }
}
