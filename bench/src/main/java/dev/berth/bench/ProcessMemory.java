package dev.berth.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Resident memory of another process, in megabytes (10^6 bytes).
final class ProcessMemory {
  private static final double KIB_PER_MB = 1000.0 / 1.024;

  private ProcessMemory() {}

  /// What is resident now.
  static double megabytes(long pid) {
    return read(pid, "VmRSS:");
  }

  /// The most that ever was.
  static double peakMegabytes(long pid) {
    return read(pid, "VmHWM:");
  }

  private static double read(long pid, String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      String line = lines.filter(each -> each.startsWith(field)).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", "")) / KIB_PER_MB;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
