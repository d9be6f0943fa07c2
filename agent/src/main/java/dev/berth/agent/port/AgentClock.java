package dev.berth.agent.port;

import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The time, and all waiting for it: nothing else in the agent, apart from what drives a runtime or
/// reads the host, asks a clock or waits with a limit. Whoever implements this decides how time
/// passes. Decisions use only monotonic values; the wall clock is for people.
public interface AgentClock {
  /// Nanoseconds that grow evenly, from any origin; for measurements.
  long nanos();

  /// Milliseconds that grow evenly while the host is awake, also over a restart of the agent.
  default long millis() {
    return Math.floorDiv(nanos(), 1_000_000L);
  }

  /// Milliseconds since the host started, with those that it was suspended for: what a promise to
  /// others is measured with.
  long bootMillis();

  /// The time of day.
  Instant wall();

  /// Waits until a condition is signalled or a time is reached. May return earlier, as conditions
  /// do: callers look again.
  ///
  /// @param lock that the condition belongs to, held by the caller, given up while it waits
  /// @param untilMillis by [#millis]; returns at once when it is past
  void awaitUntil(ReentrantLock lock, Condition changed, long untilMillis)
      throws InterruptedException;

  /// Waits for some time.
  default void sleep(long millis) throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    Condition never = lock.newCondition();
    long until = millis() + millis;
    lock.lock();
    try {
      while (millis() < until) {
        awaitUntil(lock, never, until);
      }
    } finally {
      lock.unlock();
    }
  }

  /// The clock of this host.
  static AgentClock system() {
    return new HostClock();
  }
}
