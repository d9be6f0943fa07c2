package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.FileLogReader;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/// What a machine wrote to its serial console, as a user asks for it. It is kept without times, so
/// a beginning in time is known for the present start only.
final class ConsoleLog {
  private ConsoleLog() {}

  /// @param runs whether the machine runs
  static LogReader open(MachineFiles files, LogQuery query, BooleanSupplier runs)
      throws DriverException {
    if (query.timestamps() || query.endsBefore(Instant.now())) {
      throw DriverException.permanent(
          "NoTimestamps",
          "a serial console's output has no times; leave --timestamps and --until out, or see berth"
              + " boot",
          null);
    }
    try {
      Deque<FileLogReader.Part> parts = new ArrayDeque<>();
      RunTimes times = RunTimes.read(files.times());
      if (query.since().isEmpty()) {
        files.consoles().forEach(file -> parts.add(new FileLogReader.Part(file, 0)));
      } else if (times.start().filter(start -> !start.isBefore(query.since().get())).isPresent()) {
        parts.add(new FileLogReader.Part(files.console(), times.consoleOffset()));
      } else if (times.end().filter(end -> end.isBefore(query.since().get())).isEmpty()) {
        throw DriverException.permanent(
            "NoTimestamps",
            "a serial console's output has no times: --since can only name a time before the last"
                + " start; use --tail",
            null);
      }
      return FileLogReader.open(parts, query, runs);
    } catch (IOException e) {
      throw DriverException.retryable(
          "LogsFailed", "the console's output cannot be read: " + e.getMessage(), e);
    }
  }
}
