package dev.berth.controller.store;

import java.time.Duration;

/// When a leader may still lead, by its own monotonic clock: from the *send* of the last keep-alive
/// that was answered, for nine tenths of the lease, so that the term ends here before etcd can end
/// it. Pure arithmetic; times are in nanoseconds, of any origin.
///
/// @param ttl length of the lease
public record LeaseTiming(Duration ttl) {
  /// The lease's length as etcd counts it.
  public long seconds() {
    return Math.max(1, (ttl.toMillis() + 999) / 1000);
  }

  /// Until when a keep-alive lets lead.
  ///
  /// @param sentNanos when it was sent
  public long deadline(long sentNanos) {
    return sentNanos + ttl.toNanos() / 10 * 9;
  }

  /// Whether a deadline has passed.
  public static boolean isOver(long deadlineNanos, long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  /// How often to ask for more.
  public Duration interval() {
    return ttl.dividedBy(4);
  }
}
