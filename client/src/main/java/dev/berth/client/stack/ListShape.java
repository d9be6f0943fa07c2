package dev.berth.client.stack;

import dev.berth.client.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A list of values of one shape.
///
/// @param expected for messages: `a list such as ["serve", "--port", "8080"]`
/// @param max the most items
record ListShape<T>(Shape<T> item, String expected, int max) implements Shape<List<T>> {
  @Override
  public @Nullable List<T> read(YamlNode node, Place place, Reading reading) {
    reading.visit(place, node);
    if (!(node instanceof YamlNode.Sequence sequence)) {
      reading.wrongKind(node, place, expected);
      return null;
    }
    if (sequence.items().size() > max) {
      reading.add(
          node, place, "count: " + sequence.items().size() + " (expected: at most " + max + ")");
      return null;
    }
    List<T> values = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      T value = item.read(sequence.items().get(i), place.item(i), reading);
      if (value != null) {
        values.add(value);
      }
    }
    return values;
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "array");
    schema.put("items", item.schema());
    schema.put("maxItems", max);
    return schema;
  }
}
