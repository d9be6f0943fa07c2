package dev.berth.agent.seed;

/// A seed that cannot be made from what the user gave. The message says what, and what is expected
/// instead; it repeats nothing of the user data, which may hold secrets.
public final class SeedException extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param message one sentence for people
  public SeedException(String message) {
    super(message);
  }
}
