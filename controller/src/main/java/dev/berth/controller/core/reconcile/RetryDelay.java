package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.InstanceRecord;

/// How long a slot waits after its instance failed: 30 s, doubling with each failure up to 1 h.
/// Ten minutes of running make up for all failures before. After a node refused it, it waits for
/// nothing at first, since another node may take it, and then for 30 s each time: what is wrong is
/// with nodes, and a disk that has room again is to be found soon.
final class RetryDelay {
  private static final long FIRST_MILLIS = 30_000;
  private static final long LONGEST_MILLIS = 3_600_000;
  private static final long FORGIVEN_AFTER_MILLIS = 600_000;
  private static final int COUNT_MAX = 1_000;

  private RetryDelay() {}

  /// Failures that count for the successor of a failed instance.
  static int failuresAfter(InstanceRecord failed) {
    InstanceRecord.Timing timing = failed.timing();
    boolean forgiven =
        timing.runningSince() != 0
            && timing.finalSince() - timing.runningSince() >= FORGIVEN_AFTER_MILLIS;
    return forgiven ? 1 : Math.min(failed.attempt().failures() + 1, COUNT_MAX);
  }

  /// Refusals that count for the successor of a refused instance.
  static int refusalsAfter(InstanceRecord refused) {
    return Math.min(refused.attempt().refusals() + 1, COUNT_MAX);
  }

  /// When the successor of a refused instance is due, in monotonic milliseconds.
  static long afterRefusal(InstanceRecord refused) {
    return refused.attempt().refusals() == 0
        ? Long.MIN_VALUE
        : refused.timing().finalSince() + FIRST_MILLIS;
  }

  /// When the successor is due, in monotonic milliseconds.
  static long dueAt(InstanceRecord failed) {
    int doublings = Math.min(failuresAfter(failed) - 1, 20);
    return failed.timing().finalSince() + Math.min(FIRST_MILLIS << doublings, LONGEST_MILLIS);
  }
}
