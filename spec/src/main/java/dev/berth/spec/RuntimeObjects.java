package dev.berth.spec;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the volumes and networks of nodes' runtimes have in common: names, drivers, options and
/// labels.
final class RuntimeObjects {
  private static final int PAIRS_MAX = 64;
  private static final int KEY_MAX = 128;
  private static final int VALUE_MAX = 4096;
  private static final Pattern LOOKUP = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}");
  private static final Pattern DRIVER = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.:/-]{0,254}");

  private RuntimeObjects() {}

  /// Null when something that is there can have this name, whoever made it: 1 to 255 characters.
  static @Nullable String lookupProblem(String name) {
    return LOOKUP.matcher(name).matches()
        ? null
        : "value: %s (expected: 1 to 255 letters, digits, '_', '.' and '-', a letter or digit first)"
            .formatted(Printable.quote(name));
  }

  /// Empty means the runtime's own.
  static void driver(String path, String driver, Findings findings) {
    if (!driver.isEmpty() && !DRIVER.matcher(driver).matches()) {
      findings.add(
          path, "value: %s (expected: the name of a driver)".formatted(Printable.quote(driver)));
    }
  }

  static void pairs(String path, Map<String, String> pairs, Findings findings) {
    findings.count(path, pairs.size(), PAIRS_MAX, path);
    pairs.forEach(
        (key, value) -> {
          boolean good = !key.isEmpty() && key.length() <= KEY_MAX && Printable.isSafe(key);
          if (!good || key.contains("=")) {
            findings.add(
                path + "[" + Printable.quote(key) + "]",
                "key (expected: 1 to %d printable characters without '=')".formatted(KEY_MAX));
          } else if (value.length() > VALUE_MAX || !Printable.isSafe(value)) {
            // Not what it is: options of drivers may hold passwords.
            findings.add(
                path + "[" + Printable.quote(key) + "]",
                "value (expected: 0 to %d printable characters)".formatted(VALUE_MAX));
          }
        });
  }

  /// Filters by label: "key" or "key=value".
  static void labelFilters(String path, List<String> filters, Findings findings) {
    findings.count(path, filters.size(), PAIRS_MAX, path);
    for (String filter : filters) {
      boolean good =
          !filter.isEmpty()
              && !filter.startsWith("=")
              && filter.length() <= KEY_MAX + VALUE_MAX
              && Printable.isSafe(filter);
      if (!good) {
        findings.add(
            path, "value: %s (expected: KEY or KEY=VALUE)".formatted(Printable.quote(filter)));
      }
    }
  }
}
