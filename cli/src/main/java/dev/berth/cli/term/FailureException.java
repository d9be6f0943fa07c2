package dev.berth.cli.term;

/// A command cannot do what was asked. The message is for people: what, where, what to do next;
/// more detail may follow on further lines. It is escaped where it is shown.
public final class FailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /// @param exitCode one of [ExitCode]
  /// @param message one line, then details, one a line
  public FailureException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /// @param exitCode one of [ExitCode]
  /// @param message one line, then details, one a line
  /// @param cause shown with `BERTH_DEBUG` only
  public FailureException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /// Wrong usage: exit code 2.
  public static FailureException usage(String message) {
    return new FailureException(ExitCode.USAGE, message);
  }

  /// The exit code of the command.
  public int exitCode() {
    return exitCode;
  }
}
