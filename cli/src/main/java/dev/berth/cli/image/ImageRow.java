package dev.berth.cli.image;

import dev.berth.v1.Image;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeImages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// One name of one image on one node, as a list shows it.
///
/// @param name empty: the image has none
record ImageRow(String node, Image image, String name) {
  private static final String NONE = "<none>";

  /// Those of all nodes, by name; what has none comes last.
  static List<ImageRow> of(List<NodeImages> nodes) {
    List<ImageRow> rows = new ArrayList<>();
    for (NodeImages node : nodes) {
      for (Image image : node.getImagesList()) {
        if (image.getNamesList().isEmpty()) {
          rows.add(new ImageRow(node.getNode(), image, ""));
        }
        image.getNamesList().forEach(name -> rows.add(new ImageRow(node.getNode(), image, name)));
      }
    }
    rows.sort(
        Comparator.comparing((ImageRow row) -> row.name().isEmpty())
            .thenComparing(ImageRow::name)
            .thenComparing(ImageRow::node));
    return rows;
  }

  String repository() {
    return name.isEmpty() ? NONE : name.substring(0, colon());
  }

  String tag() {
    return colon() < name.length() ? name.substring(colon() + 1) : NONE;
  }

  private int colon() {
    int at = name.indexOf('@');
    if (at >= 0) {
      return at;
    }
    int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
    return colon < 0 ? name.length() : colon;
  }

  /// What registries call it, `sha256:…`; `<none>` when it never was in one.
  String digest() {
    String repository = name.isEmpty() ? "" : repository() + "@";
    List<String> digests = image.getContainer().getDigestsList();
    return digests.stream()
        .filter(each -> each.startsWith(repository))
        .findFirst()
        // Names of Docker Hub may be longer than daemons write them.
        .or(() -> digests.stream().findFirst())
        .map(each -> each.substring(each.indexOf('@') + 1))
        .orElse(NONE);
  }

  /// `container` or `vm`.
  String kind() {
    return image.getKind() == Kind.KIND_CONTAINER ? "container" : "vm";
  }

  /// What a filter compares.
  String filterValue(String key) {
    return switch (key) {
      case "repository" -> repository();
      case "tag" -> tag();
      case "node" -> node;
      case "kind" -> kind();
      case "dangling" -> Boolean.toString(name.isEmpty());
      case "used" -> Boolean.toString(image.getUsedByCount() > 0);
      default -> throw new IllegalArgumentException(key);
    };
  }
}
