package dev.berth.client.stack;

import dev.berth.client.yaml.YamlNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a value looks like: how it is read from YAML, and how JSON Schema says so.
///
/// @param <T> what is made of it
interface Shape<T> {
  /// Reads a value; null after a problem was added.
  @Nullable T read(YamlNode node, Place place, Reading reading);

  /// The shape in JSON Schema 2020-12, as maps, lists and scalars in a fixed order.
  Map<String, Object> schema();
}
