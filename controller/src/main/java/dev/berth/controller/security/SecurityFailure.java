package dev.berth.controller.security;

/// Keys or certificates on this machine cannot be made, read or written. The message says which
/// file
/// and what to do.
public final class SecurityFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /// A failure with its cause.
  public SecurityFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /// A failure without a cause.
  public SecurityFailure(String message) {
    super(message);
  }
}
