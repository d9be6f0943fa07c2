package dev.berth.cli.term;

import dev.berth.spec.Printable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Options that are given as `KEY=VALUE`, several times. The last of a key counts.
public final class PairArguments {
  private PairArguments() {}

  /// Pairs by key.
  ///
  /// @throws FailureException with exit code 2 for one without key or value
  public static Map<String, String> required(String option, List<String> texts) {
    return parse(option, texts, false);
  }

  /// Pairs by key; a key alone has the empty value.
  ///
  /// @throws FailureException with exit code 2 for one without key
  public static Map<String, String> labels(String option, List<String> texts) {
    return parse(option, texts, true);
  }

  private static Map<String, String> parse(String option, List<String> texts, boolean keyAlone) {
    Map<String, String> pairs = new TreeMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals == 0 || text.isEmpty() || (equals < 0 && !keyAlone)) {
        throw FailureException.usage(
            "%s: value: %s (expected: %s)"
                .formatted(
                    option, Printable.quote(text), keyAlone ? "KEY or KEY=VALUE" : "KEY=VALUE"));
      }
      pairs.put(
          equals < 0 ? text : text.substring(0, equals),
          equals < 0 ? "" : text.substring(equals + 1));
    }
    return pairs;
  }
}
