package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/// What a machine wrote to its serial console, as a user asks for it. It is kept without times, so
/// a beginning in time is known for the present start only.
final class ConsoleLog {
  // virtlogd keeps four parts of 2 MiB.
  private static final int PART_BYTES_MAX = 16 << 20;

  private ConsoleLog() {}

  /// @param runs whether the machine runs
  static LogReader open(MachineFiles files, LogQuery query, BooleanSupplier runs)
      throws DriverException {
    if (query.timestamps()) {
      throw DriverException.permanent(
          "NoTimestamps",
          "a serial console's output has no times; leave --timestamps out, or see berth boot",
          null);
    }
    try {
      Deque<ConsoleLogReader.Part> parts = new ArrayDeque<>();
      RunTimes times = RunTimes.read(files.times());
      if (query.since().isEmpty()) {
        files.consoles().forEach(file -> parts.add(new ConsoleLogReader.Part(file, 0)));
      } else if (times.start().filter(start -> !start.isBefore(query.since().get())).isPresent()) {
        parts.add(new ConsoleLogReader.Part(files.console(), times.consoleOffset()));
      } else if (times.end().filter(end -> end.isBefore(query.since().get())).isEmpty()) {
        throw DriverException.permanent(
            "NoTimestamps",
            "a serial console's output has no times: --since can only name a time before the last"
                + " start; use --tail",
            null);
      }
      return new ConsoleLogReader(
          query.tailLines().isPresent() ? tail(parts, query.tailLines().getAsInt()) : parts,
          query.follow() ? runs : () -> false);
    } catch (IOException e) {
      throw DriverException.retryable(
          "LogsFailed", "the console's output cannot be read: " + e.getMessage(), e);
    }
  }

  /// The last lines of the parts; an unfinished line counts.
  private static Deque<ConsoleLogReader.Part> tail(Deque<ConsoleLogReader.Part> parts, int lines)
      throws IOException {
    Deque<ConsoleLogReader.Part> wanted = new ArrayDeque<>();
    long missing = lines;
    boolean end = true;
    for (ConsoleLogReader.Part part : List.copyOf(parts).reversed()) {
      if (missing < 0 || !Files.exists(part.file())) {
        continue;
      }
      byte[] bytes = last(part.file());
      int i = bytes.length - 1;
      if (end && i >= 0) {
        end = false;
        if (bytes[i] == '\n') {
          i--; // it ends the last line and begins none
        }
      }
      while (i >= 0 && missing > 0) {
        if (bytes[i] == '\n' && --missing == 0) {
          break;
        }
        i--;
      }
      long size = Files.size(part.file());
      wanted.addFirst(new ConsoleLogReader.Part(part.file(), size - bytes.length + i + 1));
      if (missing == 0) {
        break;
      }
    }
    return wanted;
  }

  private static byte[] last(Path file) throws IOException {
    try (var channel = Files.newByteChannel(file)) {
      long from = Math.max(0, channel.size() - PART_BYTES_MAX);
      channel.position(from);
      ByteBuffer buffer = ByteBuffer.allocate((int) (channel.size() - from));
      int read = 0;
      while (read >= 0 && buffer.hasRemaining()) {
        read = channel.read(buffer);
      }
      byte[] bytes = new byte[buffer.position()];
      buffer.flip().get(bytes);
      return bytes;
    }
  }
}
