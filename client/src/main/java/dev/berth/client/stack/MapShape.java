package dev.berth.client.stack;

import dev.berth.client.yaml.YamlNode;
import dev.berth.spec.Printable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Values of one shape by name.
///
/// @param pattern what names look like, for the schema
/// @param keyProblem what is wrong with a name, or null
/// @param indexed true when the contract has a list there, in the order of the file
/// @param max the most entries
record MapShape<T>(
    Shape<T> value,
    String pattern,
    Function<String, @Nullable String> keyProblem,
    boolean indexed,
    int max)
    implements Shape<Map<String, T>> {
  @Override
  public @Nullable Map<String, T> read(YamlNode node, Place place, Reading reading) {
    reading.visit(place, node);
    if (!(node instanceof YamlNode.Mapping mapping)) {
      reading.wrongKind(node, place, "a mapping from names to values");
      return null;
    }
    if (mapping.entries().size() > max) {
      reading.add(
          node, place, "count: " + mapping.entries().size() + " (expected: at most " + max + ")");
      return null;
    }
    Map<String, T> values = new LinkedHashMap<>();
    for (YamlNode.Entry entry : mapping.entries()) {
      String name = entry.key().value();
      Place inside = inside(place, name, values.size());
      String problem = keyProblem.apply(name);
      if (problem != null) {
        reading.add(entry.key(), place, "name: " + problem);
        continue;
      }
      T read = value.read(entry.value(), inside, reading);
      if (read != null) {
        values.put(name, read);
      }
    }
    return values;
  }

  private Place inside(Place place, String name, int index) {
    String suffix = indexed ? "[" + index + "]" : "[\"" + name + "\"]";
    String shown = place.shown() + "." + Printable.escape(name);
    return new Place(shown, place.contract() + suffix);
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("propertyNames", Map.of("pattern", "^" + pattern + "$"));
    schema.put("additionalProperties", value.schema());
    schema.put("maxProperties", max);
    return schema;
  }
}
