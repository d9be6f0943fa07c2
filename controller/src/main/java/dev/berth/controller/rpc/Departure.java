package dev.berth.controller.rpc;

import org.jspecify.annotations.Nullable;

/// What is to be done on the feed's thread when a reader leaves, which may be before it has arrived
/// there.
final class Departure {
  private final ChangeFeed feed;
  private boolean left;
  private @Nullable Runnable forget;

  Departure(ChangeFeed feed) {
    this.feed = feed;
  }

  /// The reader has left. May be called more than once.
  void leave() {
    feed.runIfOpen(this::leaveNow);
  }

  /// Sets what is done then. On the feed's thread.
  void onLeave(Runnable action) {
    forget = action;
    if (left) {
      action.run();
    }
  }

  private void leaveNow() {
    left = true;
    Runnable action = forget;
    if (action != null) {
      action.run();
    }
  }
}
