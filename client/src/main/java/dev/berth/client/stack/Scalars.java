package dev.berth.client.stack;

import dev.berth.client.yaml.ScalarType;
import dev.berth.client.yaml.YamlNode;
import dev.berth.spec.Durations;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The shapes of single values.
final class Scalars {
  private static final List<String> ANY_SCALAR = List.of("string", "number", "boolean");

  private Scalars() {}

  /// Text; a number or boolean must be in quotes.
  static Shape<String> text(String expected, Function<String, @Nullable String> problem) {
    return new Scalar<>(
        EnumSet.of(ScalarType.TEXT), expected, checked(problem), Map.of("type", "string"));
  }

  /// Text that must match a pattern, which is that of the schema too.
  static Shape<String> name(
      String expected, String pattern, Function<String, @Nullable String> problem) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "string");
    schema.put("pattern", "^" + pattern + "$");
    return new Scalar<>(EnumSet.of(ScalarType.TEXT), expected, checked(problem), schema);
  }

  /// Any scalar but null, taken as it is written: arguments, variables, label values.
  static Shape<String> word() {
    return new Scalar<>(
        EnumSet.of(ScalarType.TEXT, ScalarType.NUMBER, ScalarType.BOOLEAN),
        "text",
        text -> text,
        Map.of("type", ANY_SCALAR));
  }

  static Shape<Integer> integer(int min, int max) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "integer");
    schema.put("minimum", min);
    schema.put("maximum", max);
    String expected = "a whole number, " + min + " to " + max;
    return new Scalar<>(
        EnumSet.of(ScalarType.NUMBER), expected, text -> whole(text, min, max), schema);
  }

  static Shape<Boolean> bool() {
    return new Scalar<>(
        EnumSet.of(ScalarType.BOOLEAN),
        "true or false",
        text -> text.equalsIgnoreCase("true"),
        Map.of("type", "boolean"));
  }

  /// One of a few words.
  static <E extends Enum<E>> Shape<E> choice(Map<String, E> words) {
    String expected = String.join(" or ", words.keySet());
    Map<String, Object> schema = Map.of("enum", List.copyOf(words.keySet()));
    return new Scalar<>(
        EnumSet.of(ScalarType.TEXT),
        expected,
        text -> {
          E value = words.get(text);
          if (value == null) {
            throw new IllegalArgumentException(
                "value: " + Printable.quote(text) + " (expected: " + expected + ")");
          }
          return value;
        },
        schema);
  }

  static Shape<Long> cpu() {
    return amount("CPUs such as 2, 0.5 or 500m", "[0-9]+(\\.[0-9]+)?m?", Quantity::parseCpuMillis);
  }

  static Shape<Long> memory() {
    return amount(
        "an amount of memory such as 128Mi or 20Gi",
        "[0-9]+(\\.[0-9]+)?([bB]|[kKmMgGtT](i?[bB]?))?",
        Quantity::parseMemoryBytes);
  }

  static Shape<com.google.protobuf.Duration> duration() {
    return amount(
        "a span of time such as 10s, 5m or 1h30m",
        "0|([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?([0-9]+ns)?",
        text -> Durations.toProto(Durations.parse(text)));
  }

  private static <T> Shape<T> amount(String expected, String pattern, Function<String, T> parser) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", List.of("string", "number"));
    schema.put("pattern", "^(" + pattern + ")$");
    schema.put("minimum", 0);
    return new Scalar<>(EnumSet.of(ScalarType.TEXT, ScalarType.NUMBER), expected, parser, schema);
  }

  private static Function<String, String> checked(Function<String, @Nullable String> problem) {
    return text -> {
      String wrong = problem.apply(text);
      if (wrong != null) {
        throw new IllegalArgumentException(wrong);
      }
      return text;
    };
  }

  private static int whole(String text, int min, int max) {
    String digits = text.startsWith("-") ? text.substring(1) : text;
    boolean plain = digits.length() <= 9 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (plain && !digits.isEmpty()) {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "value: " + text + " (expected: a whole number, " + min + " to " + max + ")");
  }

  private record Scalar<T>(
      Set<ScalarType> accepted,
      String expected,
      Function<String, T> parser,
      Map<String, Object> schema)
      implements Shape<T> {
    @Override
    public @Nullable T read(YamlNode node, Place place, Reading reading) {
      reading.visit(place, node);
      if (!(node instanceof YamlNode.Scalar scalar) || !accepted.contains(scalar.type())) {
        reading.wrongKind(node, place, expectedKind(node));
        return null;
      }
      try {
        return parser.apply(scalar.value());
      } catch (IllegalArgumentException e) {
        reading.add(node, place, String.valueOf(e.getMessage()));
        return null;
      }
    }

    private String expectedKind(YamlNode node) {
      boolean unquoted =
          accepted.contains(ScalarType.TEXT)
              && node instanceof YamlNode.Scalar scalar
              && scalar.type() != ScalarType.NULL;
      boolean word =
          !accepted.contains(ScalarType.TEXT)
              && node instanceof YamlNode.Scalar scalar
              && scalar.type() == ScalarType.TEXT
              && !scalar.plain();
      return expected + (unquoted ? "; put it in quotes" : word ? "; without quotes" : "");
    }
  }

  static <E> Map<String, E> words(List<String> words, List<E> values) {
    Map<String, E> choices = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      choices.put(words.get(i), values.get(i));
    }
    return choices;
  }
}
