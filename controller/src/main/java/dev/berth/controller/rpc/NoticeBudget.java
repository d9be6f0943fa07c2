package dev.berth.controller.rpc;

import java.util.concurrent.TimeUnit;

/// How many notices of one session become events: one that talks without end pushes nobody else's
/// events out. Used by one thread at a time.
final class NoticeBudget {
  static final int MOST = 20;

  private static final long SPAN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private long sinceNanos = System.nanoTime();
  private int taken;

  /// Takes one, if there is one left of this minute's.
  boolean tryTake() {
    long now = System.nanoTime();
    if (now - sinceNanos > SPAN_NANOS) {
      sinceNanos = now;
      taken = 0;
    }
    return taken++ < MOST;
  }
}
