package dev.berth.client.stack;

import java.util.LinkedHashMap;
import java.util.Map;

/// Publishes the table of fields as JSON Schema.
final class StackSchema {
  private StackSchema() {}

  static String text() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Berth stack file");
    schema.put("description", "A file that holds several workloads; YAML 1.2.");
    schema.putAll(StackFields.stack().schema());
    StringBuilder out = new StringBuilder();
    JsonText.write(schema, 0, out);
    return out.append('\n').toString();
  }
}
