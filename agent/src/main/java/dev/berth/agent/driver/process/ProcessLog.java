package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.FileLogReader;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/// What a program wrote, as a user asks for it. Both of its outputs are kept together, as it wrote
/// them, without times.
final class ProcessLog {
  private ProcessLog() {}

  /// @param runs whether the program runs
  static LogReader open(InstanceFiles files, LogQuery query, BooleanSupplier runs)
      throws DriverException {
    if (query.timestamps()) {
      throw noTimes("leave --timestamps out");
    }
    try {
      if (query.since().isPresent() && !isBeforeAll(files, query.since().get())) {
        throw noTimes("--since can only name a time before it was made; use --tail");
      }
      Deque<FileLogReader.Part> parts = new ArrayDeque<>();
      if (Files.exists(files.olderOutput())) {
        parts.add(new FileLogReader.Part(files.olderOutput(), 0));
      }
      parts.add(new FileLogReader.Part(files.output(), 0));
      return FileLogReader.open(parts, query, runs);
    } catch (IOException e) {
      throw DriverException.retryable(
          "LogsFailed", "the output cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isBeforeAll(InstanceFiles files, Instant time) throws IOException {
    return !files.preparedTime().isBefore(time);
  }

  private static DriverException noTimes(String advice) {
    return DriverException.permanent(
        "NoTimestamps", "a process's output is kept without times: " + advice, null);
  }
}
