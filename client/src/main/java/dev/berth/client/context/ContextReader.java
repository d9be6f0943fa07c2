package dev.berth.client.context;

import dev.berth.client.yaml.Position;
import dev.berth.client.yaml.YamlNode;
import dev.berth.client.yaml.YamlProblems;
import dev.berth.client.yaml.YamlReader;
import dev.berth.spec.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the context file.
final class ContextReader {
  private static final List<String> FIELDS =
      List.of("address", "namespace", "caCert", "clientCert", "clientKey");

  private final YamlProblems problems = new YamlProblems();
  private final Path directory;

  private ContextReader(Path directory) {
    this.directory = directory;
  }

  static ContextFile read(Path file, byte[] content) throws ContextException {
    ContextReader reader = new ContextReader(file.toAbsolutePath().resolveSibling(""));
    ContextFile contexts = reader.file(YamlReader.read(content, reader.problems));
    if (!reader.problems.isEmpty()) {
      throw new ContextException(file + ":" + reader.problems.sorted().getFirst());
    }
    return contexts;
  }

  private ContextFile file(@Nullable YamlNode root) {
    String current = "";
    SortedMap<String, ContextEntry> contexts = new TreeMap<>();
    for (YamlNode.Entry entry : entries(root, "")) {
      switch (entry.key().value()) {
        case "current" -> current = text(entry.value(), "current");
        case "contexts" -> {
          for (YamlNode.Entry context : entries(entry.value(), "contexts")) {
            contexts.put(context.key().value(), context(context));
          }
        }
        default -> unknown(entry, "", List.of("current", "contexts"));
      }
    }
    return new ContextFile(current, contexts);
  }

  private ContextEntry context(YamlNode.Entry context) {
    String path = "contexts." + Printable.escape(context.key().value());
    String[] values = {"", "", "", "", ""};
    for (YamlNode.Entry entry : entries(context.value(), path)) {
      int index = FIELDS.indexOf(entry.key().value());
      if (index < 0) {
        unknown(entry, path, FIELDS);
      } else {
        values[index] = text(entry.value(), path + "." + FIELDS.get(index));
      }
    }
    return new ContextEntry(
        values[0], values[1], resolved(values[2]), resolved(values[3]), resolved(values[4]));
  }

  private String resolved(String path) {
    return path.isEmpty() ? "" : directory.resolve(path).toString();
  }

  private List<YamlNode.Entry> entries(@Nullable YamlNode node, String path) {
    if (node instanceof YamlNode.Mapping mapping) {
      return mapping.entries();
    }
    if (node != null) {
      add(node.at(), path, "value: " + node.description() + " (expected: a mapping)");
    }
    return List.of();
  }

  private String text(YamlNode node, String path) {
    if (node instanceof YamlNode.Scalar scalar) {
      return scalar.value();
    }
    add(node.at(), path, "value: " + node.description() + " (expected: text)");
    return "";
  }

  private void unknown(YamlNode.Entry entry, String path, List<String> expected) {
    String name = Printable.quote(entry.key().value());
    String names = String.join(", ", expected);
    add(entry.key().at(), path, "unknown field " + name + " (expected: " + names + ")");
  }

  private void add(Position at, String path, String message) {
    problems.add(at, path, message);
  }
}
