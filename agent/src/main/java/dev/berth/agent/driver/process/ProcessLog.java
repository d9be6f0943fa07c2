package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.FileLogReader;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
    if (query.endsBefore(Instant.now())) {
      throw noTimes("leave --until out; use --tail");
    }
    try {
      return FileLogReader.open(parts(files, query.since()), query, runs);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// What it writes from now on, until it ends.
  ///
  /// @param runs whether the program runs
  static LogReader watch(InstanceFiles files, BooleanSupplier runs) throws DriverException {
    try {
      return FileLogReader.open(
          from(files, files.outputBytes()),
          new LogQuery(true, OptionalInt.empty(), Optional.empty(), false),
          runs);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static DriverException unreadable(IOException e) {
    return DriverException.retryable(
        "LogsFailed", "the output cannot be read: " + e.getMessage(), e);
  }

  /// What was written since a time: all of it, nothing so far, or what the present run wrote. Of a
  /// time within a run nobody knows what was written after it.
  private static Deque<FileLogReader.Part> parts(InstanceFiles files, Optional<Instant> since)
      throws IOException, DriverException {
    if (since.isEmpty() || isBeforeAll(files, since.get())) {
      return all(files);
    }
    long bytes = files.outputBytes();
    if (bytes == 0 || !since.get().isBefore(changed(files.output()))) {
      return from(files, bytes);
    }
    if (since.get().isAfter(files.startTime())) {
      throw noTimes("--since can only name a time at which it did not run; use --tail");
    }
    boolean rotated =
        Files.exists(files.olderOutput())
            && changed(files.olderOutput()).isAfter(files.startTime());
    return rotated ? all(files) : from(files, Math.min(bytes, files.bytesBeforeRun()));
  }

  private static Deque<FileLogReader.Part> all(InstanceFiles files) {
    Deque<FileLogReader.Part> parts = from(files, 0);
    if (Files.exists(files.olderOutput())) {
      parts.addFirst(new FileLogReader.Part(files.olderOutput(), 0));
    }
    return parts;
  }

  private static Deque<FileLogReader.Part> from(InstanceFiles files, long offset) {
    return new ArrayDeque<>(List.of(new FileLogReader.Part(files.output(), offset)));
  }

  private static Instant changed(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant();
  }

  private static boolean isBeforeAll(InstanceFiles files, Instant time) throws IOException {
    return !files.preparedTime().isBefore(time);
  }

  private static DriverException noTimes(String advice) {
    return DriverException.permanent(
        "NoTimestamps", "a process's output is kept without times: " + advice, null);
  }
}
