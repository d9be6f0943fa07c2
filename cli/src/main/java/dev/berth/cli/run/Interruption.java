package dev.berth.cli.run;

import org.jspecify.annotations.Nullable;

/// What Ctrl-C does, and every other signal that ends a command, to a program in the foreground.
enum Interruption {
  /// Stops it for good, as `berth stop`.
  STOP,
  /// Leaves it running.
  LEAVE,
  /// Is the program's: it gets the signal, and may go on.
  PROXY;

  /// @param proxy as `--sig-proxy` says; null: it was not given
  /// @param tty whether the program has a terminal. Then keys are keys for it, Ctrl-C too, and what
  ///     else comes is not meant for it
  static Interruption of(@Nullable Boolean proxy, boolean tty) {
    if (proxy == null) {
      return STOP;
    }
    return !proxy ? LEAVE : tty ? STOP : PROXY;
  }
}
