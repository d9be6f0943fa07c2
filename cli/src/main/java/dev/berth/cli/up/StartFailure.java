package dev.berth.cli.up;

import dev.berth.cli.term.ExitCode;

/// The cluster could not be started, or not be stopped. The message is for the user: what, where,
/// what to do next.
final class StartFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  StartFailure(String message) {
    super(message);
    this.exitCode = ExitCode.FAILURE;
  }

  StartFailure(String message, Throwable cause) {
    super(message, cause);
    this.exitCode = ExitCode.FAILURE;
  }

  private StartFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /// What was asked for cannot be, on any host.
  static StartFailure usage(String message) {
    return new StartFailure(ExitCode.USAGE, message);
  }

  int exitCode() {
    return exitCode;
  }
}
