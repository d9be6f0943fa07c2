package dev.berth.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// Durations of the same thing done several times, in milliseconds.
final class Samples {
  private static final double NANOS_PER_MILLI = 1e6;

  private final List<Double> millis = new ArrayList<>();

  void addNanos(long nanos) {
    millis.add(nanos / NANOS_PER_MILLI);
  }

  int count() {
    return millis.size();
  }

  double median() {
    List<Double> sorted = sorted();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /// The smallest sample that at least this share of all does not exceed.
  ///
  /// @param share above 0, at most 1
  double percentile(double share) {
    List<Double> sorted = sorted();
    return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
  }

  double min() {
    return Collections.min(millis);
  }

  double max() {
    return Collections.max(millis);
  }

  String row(String name) {
    return String.format(
        Locale.ROOT,
        "%-28s %5d %10.1f %10.1f %10.1f %10.1f",
        name,
        count(),
        median(),
        percentile(0.99),
        min(),
        max());
  }

  static String heading() {
    return String.format(
        Locale.ROOT, "%-28s %5s %10s %10s %10s %10s", "ms", "runs", "p50", "p99", "min", "max");
  }

  private List<Double> sorted() {
    if (millis.isEmpty()) {
      throw new IllegalStateException("nothing was measured");
    }
    return millis.stream().sorted().toList();
  }
}
