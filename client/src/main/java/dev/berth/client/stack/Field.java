package dev.berth.client.stack;

import dev.berth.client.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/// One row of the table of fields.
///
/// @param name in the file
/// @param contract in the contract; empty when the contract has no level there
/// @param doc one sentence with unit, bounds and default
/// @param shape what it looks like
/// @param setter puts the value into the object that is being built
/// @param <B> what is being built
/// @param <T> what the value is
record Field<B, T>(
    String name, String contract, String doc, Shape<T> shape, BiConsumer<B, T> setter) {
  void read(YamlNode node, Place around, Reading reading, B target) {
    T value = shape.read(node, around.field(name, contract), reading);
    if (value != null) {
      setter.accept(target, value);
    }
  }

  Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", doc);
    schema.putAll(shape.schema());
    return schema;
  }
}
