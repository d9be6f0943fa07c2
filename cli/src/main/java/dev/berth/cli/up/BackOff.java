package dev.berth.cli.up;

import java.time.Duration;

/// How long to wait before a child that died is started again: 200 ms, doubling to 10 s; from the
/// beginning again once a start has
/// lasted for a minute.
final class BackOff {
  private static final Duration FIRST = Duration.ofMillis(200);
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final Duration GOOD_RUN = Duration.ofMinutes(1);

  private Duration next = FIRST;

  /// The wait after a start that lasted for `run`.
  Duration after(Duration run) {
    if (run.compareTo(GOOD_RUN) >= 0) {
      next = FIRST;
    }
    Duration wait = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(MOST) > 0 ? MOST : doubled;
    return wait;
  }
}
