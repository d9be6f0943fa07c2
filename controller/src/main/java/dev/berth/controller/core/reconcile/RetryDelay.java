package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.InstanceRecord;

/// How long a slot waits after its instance failed: 30 s, doubling with each failure up to 1 h.
/// Ten minutes of running make up for all failures before.
final class RetryDelay {
  private static final long FIRST_MILLIS = 30_000;
  private static final long LONGEST_MILLIS = 3_600_000;
  private static final long FORGIVEN_AFTER_MILLIS = 600_000;

  private RetryDelay() {}

  /// Failures that count for the successor of a failed instance.
  static int failuresAfter(InstanceRecord failed) {
    InstanceRecord.Timing timing = failed.timing();
    boolean forgiven =
        timing.runningSince() != 0
            && timing.finalSince() - timing.runningSince() >= FORGIVEN_AFTER_MILLIS;
    return forgiven ? 1 : Math.min(failed.attempt().failures() + 1, 1_000);
  }

  /// When the successor is due, in monotonic milliseconds.
  static long dueAt(InstanceRecord failed) {
    int doublings = Math.min(failuresAfter(failed) - 1, 20);
    return failed.timing().finalSince() + Math.min(FIRST_MILLIS << doublings, LONGEST_MILLIS);
  }
}
