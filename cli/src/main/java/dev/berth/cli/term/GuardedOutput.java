package dev.berth.cli.term;

import java.io.IOException;
import java.io.OutputStream;

/// Ends the command when its output can no longer be written, where [java.io.PrintStream] would
/// carry on in silence.
final class GuardedOutput extends OutputStream {
  private final OutputStream out;

  GuardedOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static RuntimeException failure(IOException e) {
    String problem = String.valueOf(e.getMessage());
    return problem.contains("Broken pipe")
        ? new ClosedPipeException()
        : new FailureException(ExitCode.FAILURE, "the output cannot be written: " + problem);
  }
}
