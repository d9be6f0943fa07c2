package dev.berth.e2e.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Waits until something is true of what can be observed; says what was last seen when it never is.
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Eventually() {}

  /// Waits up to a minute.
  ///
  /// @param what said in the failure
  /// @return the first observation that is as wanted
  public static <T> T until(String what, Supplier<T> observation, Predicate<T> wanted) {
    return within(LIMIT, what, observation, wanted);
  }

  /// Waits up to a limit. An observation that throws is not as wanted, and is tried again.
  ///
  /// @return the first observation that is as wanted
  /// @throws AssertionError with the last observation when the limit has passed
  public static <T> T within(
      Duration limit, String what, Supplier<T> observation, Predicate<T> wanted) {
    long deadline = System.nanoTime() + limit.toNanos();
    @Nullable Object last;
    do {
      try {
        T seen = observation.get();
        if (wanted.test(seen)) {
          return seen;
        }
        last = seen;
      } catch (RuntimeException | AssertionError e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    } while (System.nanoTime() < deadline);
    throw new AssertionError("not within " + limit + ": " + what + "; last seen: " + last);
  }

  /// Watches for a while that something stays true.
  ///
  /// @throws AssertionError with the first observation that is not as wanted
  public static <T> void always(
      Duration time, String what, Supplier<T> observation, Predicate<T> wanted) {
    long deadline = System.nanoTime() + time.toNanos();
    do {
      T seen = observation.get();
      if (!wanted.test(seen)) {
        throw new AssertionError("no longer true: " + what + "; seen: " + seen);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    } while (System.nanoTime() < deadline);
  }
}
