package dev.berth.client.stack;

import dev.berth.client.yaml.YamlNode;
import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An object with known fields.
///
/// @param start makes the empty object
/// @param fields what it may have
/// @param required names of fields that must be there
/// @param oneOf names of fields of which exactly one must be there; empty: no such rule
/// @param refused names that people may try, and what to tell them
record ObjectShape<B>(
    Supplier<B> start,
    List<Field<B, ?>> fields,
    List<String> required,
    List<String> oneOf,
    Map<String, String> refused)
    implements Shape<B> {
  @Override
  public @Nullable B read(YamlNode node, Place place, Reading reading) {
    reading.visit(place, node);
    if (!(node instanceof YamlNode.Mapping mapping)) {
      reading.wrongKind(node, place, "a mapping with " + names());
      return null;
    }
    B target = start.get();
    List<String> present = new ArrayList<>();
    for (YamlNode.Entry entry : mapping.entries()) {
      String name = entry.key().value();
      present.add(name);
      Field<B, ?> field = field(name);
      if (field == null) {
        reading.add(entry.key(), place, unknown(name));
      } else {
        field.read(entry.value(), place, reading, target);
      }
    }
    for (String name : required) {
      if (!present.contains(name) && present.stream().noneMatch(refused::containsKey)) {
        reading.add(node, place, "missing the field \"" + name + "\"");
      }
    }
    long chosen = present.stream().filter(oneOf::contains).count();
    boolean refusedOne = chosen == 0 && present.stream().anyMatch(refused::containsKey);
    if (!oneOf.isEmpty() && chosen != 1 && !refusedOne) {
      reading.add(node, place, "fields: exactly one is wanted of " + String.join(", ", oneOf));
    }
    return target;
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Field<B, ?> field : fields) {
      properties.put(field.name(), field.schema());
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    if (!oneOf.isEmpty()) {
      schema.put("oneOf", oneOf.stream().map(name -> Map.of("required", List.of(name))).toList());
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  private @Nullable Field<B, ?> field(String name) {
    for (Field<B, ?> field : fields) {
      if (field.name().equals(name)) {
        return field;
      }
    }
    return null;
  }

  private String unknown(String name) {
    String known = refused.get(name);
    if (known != null) {
      return "field " + Printable.quote(name) + ": " + known;
    }
    String nearest = Suggestion.nearest(name, fields.stream().map(Field::name).toList());
    String hint = nearest == null ? "expected: " + names() : "did you mean \"" + nearest + "\"?";
    return "unknown field " + Printable.quote(name) + " (" + hint + ")";
  }

  private String names() {
    return String.join(", ", fields.stream().map(Field::name).toList());
  }
}
