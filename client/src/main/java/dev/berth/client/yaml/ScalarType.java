package dev.berth.client.yaml;

import java.util.regex.Pattern;

/// What a scalar is by the core schema of YAML 1.2.
public enum ScalarType {
  /// Nothing, `~` or `null`.
  NULL("nothing"),
  /// `true` or `false`.
  BOOLEAN("a boolean"),
  /// A whole or fractional number, infinities and not-a-number included.
  NUMBER("a number"),
  /// Anything else, and whatever is in quotes.
  TEXT("text");

  private static final Pattern NUMBERS =
      Pattern.compile(
          "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
              + "|[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
              + "|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");
  private static final int NUMBER_MAX = 64;

  private final String description;

  ScalarType(String description) {
    this.description = description;
  }

  /// For messages: "a number".
  public String description() {
    return description;
  }

  static ScalarType ofPlain(String value) {
    return switch (value) {
      case "", "~", "null", "Null", "NULL" -> NULL;
      case "true", "True", "TRUE", "false", "False", "FALSE" -> BOOLEAN;
      default -> value.length() <= NUMBER_MAX && NUMBERS.matcher(value).matches() ? NUMBER : TEXT;
    };
  }
}
