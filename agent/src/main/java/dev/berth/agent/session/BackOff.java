package dev.berth.agent.session;

import java.util.random.RandomGenerator;

/// How long to wait before dialling again: at once at first, then longer, always with full jitter,
/// so that a thousand agents do not come back together.
final class BackOff {
  private static final long FIRST_MILLIS = 50;
  private static final long MAX_MILLIS = 5_000;

  private final int addresses;
  private final RandomGenerator random;
  private int failures;

  /// @param addresses how many controllers there are: each is tried before the wait grows
  BackOff(int addresses, RandomGenerator random) {
    this.addresses = addresses;
    this.random = random;
  }

  /// A session was good for a while.
  void reset() {
    failures = 0;
  }

  /// The wait before the next attempt, in milliseconds.
  long nextMillis() {
    int rounds = Math.min(failures / addresses, 10);
    failures++;
    return random.nextLong(Math.min(MAX_MILLIS, FIRST_MILLIS << rounds) + 1);
  }
}
