package dev.berth.client.yaml;

import java.util.List;

/// A piece of a YAML document and where it begins.
public sealed interface YamlNode {
  /// Where it begins.
  Position at();

  /// What it is, for messages: "text", "a list", "a mapping".
  String description();

  /// A scalar.
  ///
  /// @param value the text, without quotes and with escapes resolved
  /// @param plain true when it was written without quotes, so that it may be a number or a boolean
  record Scalar(Position at, String value, boolean plain) implements YamlNode {
    /// What the scalar is by the core schema of YAML 1.2. `no`, `on` and `y` are text there.
    public ScalarType type() {
      return plain ? ScalarType.ofPlain(value) : ScalarType.TEXT;
    }

    @Override
    public String description() {
      return type().description();
    }
  }

  /// A list.
  record Sequence(Position at, List<YamlNode> items) implements YamlNode {
    @Override
    public String description() {
      return "a list";
    }
  }

  /// A mapping; its keys are distinct scalars.
  record Mapping(Position at, List<Entry> entries) implements YamlNode {
    @Override
    public String description() {
      return "a mapping";
    }
  }

  /// A key and its value.
  record Entry(Scalar key, YamlNode value) {}
}
