package dev.berth.client.context;

/// It is not known how to reach a cluster. The message says what is missing or wrong, where, and
/// what to do next.
public final class ContextException extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param message for people, in one line
  public ContextException(String message) {
    super(message);
  }

  ContextException(String message, Throwable cause) {
    super(message, cause);
  }
}
