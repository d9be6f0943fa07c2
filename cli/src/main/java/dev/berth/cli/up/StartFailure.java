package dev.berth.cli.up;

/// The cluster could not be started, or not be stopped. The message is for the user: what, where,
/// what to do next.
final class StartFailure extends Exception {
  private static final long serialVersionUID = 1;

  StartFailure(String message) {
    super(message);
  }

  StartFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
