package dev.berth.cli.up;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program that is run once and waited for, its output in a log.
///
/// @param name for messages
/// @param command program and arguments
/// @param log where its output goes
/// @param limit how long it may take
record Tool(String name, List<String> command, LogFile log, Duration limit) {

  /// @throws StartFailure when it fails or takes too long; has the end of its output
  void run() throws StartFailure, InterruptedException {
    try {
      long offset = log.prepare();
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()))
              .start();
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      if (!ended || process.exitValue() != 0) {
        String what =
            ended
                ? "failed with exit code " + process.exitValue()
                : "took more than " + limit.toSeconds() + " s";
        List<String> tail = log.tail(offset, 15);
        throw new StartFailure(
            name
                + ": "
                + what
                + (tail.isEmpty() ? "" : ":\n  | " + String.join("\n  | ", tail))
                + "\n  log: "
                + log.path());
      }
    } catch (IOException e) {
      throw new StartFailure(name + ": cannot be run: " + e.getMessage(), e);
    }
  }
}
