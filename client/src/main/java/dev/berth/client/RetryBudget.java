package dev.berth.client;

/// Keeps repetitions below a tenth of all calls, after a first handful: a client must not hold down
/// a controller that is trying to come up again.
final class RetryBudget {
  private static final int FIRST = 400;
  private static final int MOST = 1_000;
  private static final int COST = 10;

  private int tenths = FIRST;

  RetryBudget() {}

  /// A call began.
  synchronized void earn() {
    tenths = Math.min(MOST, tenths + 1);
  }

  /// Asks for one repetition.
  synchronized boolean spend() {
    if (tenths < COST) {
      return false;
    }
    tenths -= COST;
    return true;
  }
}
