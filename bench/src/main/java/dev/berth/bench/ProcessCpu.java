package dev.berth.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Processor time of another process.
final class ProcessCpu {
  // The kernel counts for user space in hundredths of a second, whatever it uses itself.
  private static final double TICKS_PER_SECOND = 100;

  private ProcessCpu() {}

  /// Seconds of user and system time so far.
  static double seconds(long pid) {
    return seconds(pid, 2);
  }

  /// The same together with that of its children that have ended.
  static double secondsWithEnded(long pid) {
    return seconds(pid, 4);
  }

  private static double seconds(long pid, int fields) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      // Of user, of system, and of ended children the same.
      return Arrays.stream(words).skip(11).limit(fields).mapToLong(Long::parseLong).sum()
          / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
