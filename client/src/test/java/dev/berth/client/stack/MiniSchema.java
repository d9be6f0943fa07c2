package dev.berth.client.stack;

import dev.berth.client.yaml.ScalarType;
import dev.berth.client.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/// Checks a document against the stack schema: as much of JSON Schema as that schema uses. A word
/// that it does not know fails, so that the schema cannot come to say more than is checked.
final class MiniSchema {
  private static final List<String> WORDS =
      List.of(
          "$schema",
          "title",
          "description",
          "type",
          "properties",
          "required",
          "oneOf",
          "additionalProperties",
          "propertyNames",
          "maxProperties",
          "items",
          "maxItems",
          "pattern",
          "minimum",
          "maximum",
          "enum");

  private final List<String> findings = new ArrayList<>();

  List<String> check(YamlNode document) {
    check(document, StackFields.stack().schema(), "");
    return findings;
  }

  private void check(YamlNode node, Map<String, Object> schema, String path) {
    schema.keySet().stream()
        .filter(word -> !WORDS.contains(word))
        .forEach(word -> findings.add("the word " + word));
    List<?> types =
        schema.get("type") instanceof List<?> list
            ? list
            : schema.containsKey("type") ? List.of(schema.get("type")) : List.of("string");
    if (!types.contains(type(node))
        && !(types.contains("number") && type(node).equals("integer"))) {
      findings.add(path + ": " + type(node) + " instead of " + types);
      return;
    }
    switch (node) {
      case YamlNode.Scalar scalar -> scalar(scalar, schema, path);
      case YamlNode.Sequence sequence ->
          sequence.items().forEach(item -> check(item, map(schema, "items"), path + "[]"));
      case YamlNode.Mapping mapping -> mapping(mapping, schema, path);
    }
  }

  private void scalar(YamlNode.Scalar scalar, Map<String, Object> schema, String path) {
    if (schema.get("enum") instanceof List<?> values && !values.contains(scalar.value())) {
      findings.add(path + ": none of " + values);
    }
    boolean text = scalar.type() == ScalarType.TEXT;
    if (text && schema.get("pattern") instanceof String pattern && !find(pattern, scalar.value())) {
      findings.add(path + ": not as " + pattern);
    }
    if (scalar.type() == ScalarType.NUMBER) {
      double value = Double.parseDouble(scalar.value());
      if (schema.get("minimum") instanceof Integer least && value < least) {
        findings.add(path + ": less than " + least);
      }
      if (schema.get("maximum") instanceof Integer most && value > most) {
        findings.add(path + ": more than " + most);
      }
    }
  }

  private void mapping(YamlNode.Mapping mapping, Map<String, Object> schema, String path) {
    List<String> names = mapping.entries().stream().map(entry -> entry.key().value()).toList();
    if (schema.get("required") instanceof List<?> required && !names.containsAll(required)) {
      findings.add(path + ": without one of " + required);
    }
    if (schema.get("oneOf") instanceof List<?> choices) {
      long fitting =
          choices.stream()
              .map(choice -> (Map<?, ?>) choice)
              .filter(
                  choice ->
                      names.containsAll((List<?>) Objects.requireNonNull(choice.get("required"))))
              .count();
      if (fitting != 1) {
        findings.add(path + ": not exactly one of " + choices);
      }
    }
    for (YamlNode.Entry entry : mapping.entries()) {
      String name = entry.key().value();
      String inside = path + "." + name;
      if (map(schema, "propertyNames").get("pattern") instanceof String pattern
          && !find(pattern, name)) {
        findings.add(inside + ": name not as " + pattern);
      }
      if (map(schema, "properties").containsKey(name)) {
        check(entry.value(), map(map(schema, "properties"), name), inside);
      } else if (schema.get("additionalProperties") instanceof Map<?, ?>) {
        check(entry.value(), map(schema, "additionalProperties"), inside);
      } else {
        findings.add(inside + ": unknown");
      }
    }
  }

  private static boolean find(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).find();
  }

  @SuppressWarnings("unchecked") // the table of fields makes nothing but maps with text as keys
  private static Map<String, Object> map(Map<String, Object> schema, String word) {
    return schema.get(word) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static String type(YamlNode node) {
    return switch (node) {
      case YamlNode.Mapping _ -> "object";
      case YamlNode.Sequence _ -> "array";
      case YamlNode.Scalar scalar ->
          switch (scalar.type()) {
            case NULL -> "null";
            case BOOLEAN -> "boolean";
            case NUMBER -> scalar.value().matches("-?[0-9]+") ? "integer" : "number";
            case TEXT -> "string";
          };
    };
  }
}
