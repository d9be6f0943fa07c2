package dev.berth.cli.up;

import java.time.Duration;
import java.util.Locale;

/// Tells the user what happens. Takes calls from several threads.
interface Progress {
  /// A plain line.
  void note(String line);

  /// What was waited for is there.
  default void ready(String what, Duration after) {
    note(String.format(Locale.ROOT, "%s: ready after %.1f s", what, after.toMillis() / 1000.0));
  }
}
