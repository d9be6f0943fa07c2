package dev.berth.e2e.harness;

/// How a command ended.
///
/// @param exitCode 0 to 255
/// @param out all of stdout
/// @param err all of stderr
public record CommandResult(int exitCode, String out, String err) {
  /// Stdout, when the command succeeded.
  ///
  /// @throws AssertionError with both outputs when it did not
  public String requireSuccess() {
    if (exitCode != 0) {
      throw new AssertionError("expected exit code 0 of " + this);
    }
    return out;
  }

  @Override
  public String toString() {
    return "exit code " + exitCode + "\n--- stdout\n" + out + "\n--- stderr\n" + err;
  }
}
