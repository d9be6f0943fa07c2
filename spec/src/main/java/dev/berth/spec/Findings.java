package dev.berth.spec;

import com.google.protobuf.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects violations; the first 100 are kept.
final class Findings {
  private static final int MAX = 100;
  private static final long SHOWN_SECONDS_MAX = 1_000_000_000;

  private final List<Violation> violations = new ArrayList<>();

  List<Violation> asList() {
    return List.copyOf(violations);
  }

  void add(String path, String problem) {
    if (violations.size() < MAX) {
      violations.add(new Violation(path, problem));
    }
  }

  /// Adds the problem unless it is null.
  void check(String path, @Nullable String problem) {
    if (problem != null) {
      add(path, problem);
    }
  }

  /// An unsigned 32-bit number within bounds; a negative one is shown as the caller wrote it.
  void range(String path, int value, int min, int max) {
    if (value < min || value > max) {
      add(path, "value: " + value + " (expected: " + min + " to " + max + ")");
    }
  }

  void count(String path, int count, int max, String what) {
    if (count > max) {
      add(path, "count: " + count + " (expected: at most " + max + " " + what + ")");
    }
  }

  void bytes(String path, long bytes, long max) {
    if (bytes > max) {
      add(path, "size: " + bytes + " bytes (expected: at most " + max + ")");
    }
  }

  void duration(String path, Duration value, java.time.Duration min, java.time.Duration max) {
    String expected = " (expected: " + Durations.format(min) + " to " + Durations.format(max) + ")";
    boolean formed =
        value.getSeconds() >= 0
            && value.getSeconds() <= SHOWN_SECONDS_MAX
            && value.getNanos() >= 0
            && value.getNanos() < 1_000_000_000;
    if (!formed) {
      add(path, "value: " + value.getSeconds() + "s " + value.getNanos() + "ns" + expected);
      return;
    }
    java.time.Duration span = Durations.fromProto(value);
    if (span.compareTo(min) < 0 || span.compareTo(max) > 0) {
      add(path, "value: " + Durations.format(span) + expected);
    }
  }
}
