package dev.berth.agent.session;

import java.util.random.RandomGenerator;

/// How long to wait before dialling again, and for a connection. Again at once at first, then
/// longer, always with full jitter, so that a thousand agents do not come back together. In a large
/// cluster they spread over as long as a controller needs for all of them: those that come too
/// early wait in its queue until they give up, and have cost it as much as the others. They do so
/// once a first dial has failed, or at once when the controller said that all must leave. Each
/// later round is half as long: fewer are left.
public final class BackOff {
  private static final long FIRST_MILLIS = 50;
  private static final long MAX_MILLIS = 5_000;
  private static final long SPREAD_MAX_MILLIS = 60_000;
  private static final int ROUNDS_MAX = 10;
  private static final long CONNECT_MILLIS = 3_000;
  private static final long CONNECT_MAX_MILLIS = 6_000;

  private final int addresses;
  private final RandomGenerator random;
  private int failures;
  private long spreadMillis;
  private boolean inTurn;

  /// No dial has failed yet.
  ///
  /// @param addresses how many controllers there are: each is tried before the wait grows
  public BackOff(int addresses, RandomGenerator random) {
    this.addresses = addresses;
    this.random = random;
  }

  /// A session was good for a while.
  public void reset() {
    failures = 0;
    inTurn = false;
  }

  /// What the controller asks for; counts from the next wait on.
  ///
  /// @param millis up to a minute; more counts as a minute
  public void spread(long millis) {
    spreadMillis = Math.clamp(millis, 0, SPREAD_MAX_MILLIS);
  }

  /// All agents dial again now: from here on each wait is spread.
  public void takeTurn() {
    failures = 0;
    inTurn = true;
  }

  /// The wait before the next attempt, in milliseconds.
  public long nextMillis() {
    int rounds = rounds();
    failures++;
    long longest = Math.min(MAX_MILLIS, FIRST_MILLIS << rounds);
    int halvings = inTurn ? rounds : rounds - 1;
    return random.nextLong(
        (halvings < 0 ? longest : Math.max(longest, spreadMillis >> halvings)) + 1);
  }

  /// How long to wait for a connection, in milliseconds: briefly at first, because a host that has
  /// died does not even refuse; longer once each controller was dialled in vain, because then the
  /// network is slow, or all of them are. Never so long that a controller that hangs could cost a
  /// node the time after which it is lost.
  long connectMillis() {
    return Math.min(CONNECT_MAX_MILLIS, CONNECT_MILLIS << rounds());
  }

  private int rounds() {
    return Math.min(failures / addresses, ROUNDS_MAX);
  }

  /// The wait before the controller is dialled to which all agents are sent, in milliseconds.
  long redirectedMillis() {
    return spreadMillis == 0 ? 0 : random.nextLong(spreadMillis + 1);
  }
}
