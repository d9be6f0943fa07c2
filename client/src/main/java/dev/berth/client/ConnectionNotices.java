package dev.berth.client;

import java.time.Duration;

/// What people may want to know about a connection while it does its best. Called by any thread,
/// and possibly by several.
public interface ConnectionNotices {
  /// Tells nobody.
  ConnectionNotices NONE =
      new ConnectionNotices() {
        @Override
        public void waiting(String reason) {}

        @Override
        public void stale(Duration age) {}
      };

  /// A call has been without an answer for two seconds and is tried on. Said once a call.
  ///
  /// @param reason what was answered last
  void waiting(String reason);

  /// No controller leads: what a call was answered is how things were some time ago.
  void stale(Duration age);
}
