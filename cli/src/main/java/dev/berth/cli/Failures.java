package dev.berth.cli;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.client.FileTrouble;
import dev.berth.spec.Printable;
import java.io.IOException;

/// Tells people what went wrong: one line, then details. Loaded only when something did.
final class Failures {
  private static final String PREFIX = "berth: ";

  private Failures() {}

  /// Writes what went wrong and answers the exit code.
  static int report(Throwable problem, Terminal terminal) {
    if (terminal.debugging()) {
      problem.printStackTrace(terminal.err());
    }
    FailureException failure = explained(problem);
    String[] lines = String.valueOf(failure.getMessage()).split("\n", -1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      text.append(i == 0 ? prefix(lines[0]) : "  ").append(Printable.escape(lines[i])).append('\n');
    }
    terminal.err().append(text).flush();
    return failure.exitCode();
  }

  private static String prefix(String line) {
    return line.startsWith("berth ") || line.startsWith(PREFIX) ? "" : PREFIX;
  }

  private static FailureException explained(Throwable problem) {
    return switch (problem) {
      case FailureException failure -> failure;
      case IOException io -> new FailureException(ExitCode.FAILURE, FileTrouble.words(io));
      case OutOfMemoryError _ ->
          new FailureException(ExitCode.FAILURE, "there is not enough memory for this");
      default ->
          new FailureException(
              ExitCode.FAILURE,
              "internal error: "
                  + problem
                  + "\nBERTH_DEBUG=1 shows where; please report it with that");
    };
  }
}
