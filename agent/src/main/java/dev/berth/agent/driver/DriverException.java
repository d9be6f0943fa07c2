package dev.berth.agent.driver;

import org.jspecify.annotations.Nullable;

/// A driver's call that failed.
public final class DriverException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  /// @param failure what went wrong
  /// @param cause what was caught; null when nothing was
  public DriverException(Failure failure, @Nullable Throwable cause) {
    super(failure.reason() + ": " + failure.message(), cause);
    this.failure = failure;
  }

  /// A failure that may pass.
  public static DriverException retryable(
      String reason, String message, @Nullable Throwable cause) {
    return new DriverException(new Failure.Retryable(reason, message), cause);
  }

  /// A failure that stays.
  public static DriverException permanent(
      String reason, String message, @Nullable Throwable cause) {
    return new DriverException(new Failure.Permanent(reason, message), cause);
  }

  /// What went wrong.
  public Failure failure() {
    return failure;
  }
}
