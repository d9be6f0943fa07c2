package dev.berth.client.stack;

import java.util.List;
import java.util.Map;

/// Writes maps, lists, text, numbers and booleans as indented JSON.
final class JsonText {
  private JsonText() {}

  static void write(Object value, int depth, StringBuilder out) {
    switch (value) {
      case Map<?, ?> map -> object(map, depth, out);
      case List<?> list -> array(list, depth, out);
      case String text -> string(text, out);
      case Number number -> out.append(number);
      case Boolean truth -> out.append(truth);
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  private static void object(Map<?, ?> map, int depth, StringBuilder out) {
    String separator = "{";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator).append('\n').append("  ".repeat(depth + 1));
      string(String.valueOf(entry.getKey()), out);
      out.append(": ");
      write(entry.getValue(), depth + 1, out);
      separator = ",";
    }
    out.append(map.isEmpty() ? "{" : "\n" + "  ".repeat(depth)).append('}');
  }

  private static void array(List<?> list, int depth, StringBuilder out) {
    String separator = "[";
    for (Object item : list) {
      out.append(separator);
      write(item, depth, out);
      separator = ", ";
    }
    out.append(list.isEmpty() ? "[" : "").append(']');
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
              } else if (c < 0x20) {
                out.append("\\u%04x".formatted(c));
              } else {
                out.append((char) c);
              }
            });
    out.append('"');
  }
}
