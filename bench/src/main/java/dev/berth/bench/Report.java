package dev.berth.bench;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What a benchmark prints: a table, then one line of JSON.
final class Report {
  private final PrintStream out;
  private final Map<String, String> figures = new LinkedHashMap<>();

  Report(PrintStream out) {
    this.out = out;
  }

  void line(String text) {
    out.println(text);
  }

  /// A figure of the JSON object, with three decimals.
  void figure(String name, double value) {
    figures.put(name, String.format(Locale.ROOT, "%.3f", value));
  }

  /// A count of the JSON object.
  void figure(String name, long value) {
    figures.put(name, Long.toString(value));
  }

  /// Prints the JSON object.
  void end() {
    out.println(
        figures.entrySet().stream()
            .map(e -> "\"" + e.getKey() + "\": " + e.getValue())
            .collect(Collectors.joining(", ", "{", "}")));
    out.flush();
  }
}
