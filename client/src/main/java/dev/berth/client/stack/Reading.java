package dev.berth.client.stack;

import dev.berth.client.yaml.Position;
import dev.berth.client.yaml.YamlNode;
import dev.berth.client.yaml.YamlProblems;
import dev.berth.spec.Printable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is gathered while a file is read: its problems, and where each field of the contract stood.
final class Reading {
  /// A field of the contract in the file.
  record Seen(Position at, String shown) {}

  private final YamlProblems problems;
  private final Map<String, Seen> seen = new HashMap<>();

  Reading(YamlProblems problems) {
    this.problems = problems;
  }

  void visit(Place place, YamlNode node) {
    seen.put(place.contract(), new Seen(node.at(), place.shown()));
  }

  void add(YamlNode node, Place place, String message) {
    problems.add(node.at(), place.shown(), message);
  }

  void wrongKind(YamlNode node, Place place, String expected) {
    String value = node instanceof YamlNode.Scalar scalar ? value(scalar) : node.description();
    add(node, place, "value: " + value + " (expected: " + expected + ")");
  }

  /// Adds a violation found in the finished message, where the field or the nearest field around it
  /// stands, unless something is known to be wrong there.
  void addViolation(String workload, String fieldPath, String problem) {
    Seen where = nearest("[\"" + workload + "\"]." + fieldPath);
    if (where != null && !problems.isKnown(where.at())) {
      problems.add(where.at(), where.shown(), problem);
    }
  }

  private @Nullable Seen nearest(String contractPath) {
    String path = contractPath;
    while (true) {
      Seen found = seen.get(path);
      if (found != null || path.isEmpty()) {
        return found;
      }
      int cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
      path = cut < 0 ? "" : path.substring(0, cut);
    }
  }

  private static String value(YamlNode.Scalar scalar) {
    return switch (scalar.type()) {
      case NULL -> "nothing";
      case BOOLEAN, NUMBER -> scalar.value() + ", " + scalar.description();
      case TEXT -> Printable.quote(scalar.value());
    };
  }
}
