package dev.berth.cli.image;

import dev.berth.cli.term.Ages;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.ContainerImage;
import dev.berth.v1.Image;
import java.util.List;
import java.util.TreeSet;

/// An image of containers in words.
final class ContainerImageText {
  private static final int NAME_WIDTH = 10;

  private ContainerImageText() {}

  /// @param copies the same image on each of the nodes; at least one
  static String of(List<Image> copies, List<String> nodes) {
    Image image = copies.getFirst();
    ContainerImage container = image.getContainer();
    TreeSet<String> names = new TreeSet<>();
    TreeSet<String> digests = new TreeSet<>();
    TreeSet<String> users = new TreeSet<>();
    for (Image copy : copies) {
      names.addAll(copy.getNamesList());
      digests.addAll(copy.getContainer().getDigestsList());
      users.addAll(copy.getUsedByList());
    }
    StringBuilder out = new StringBuilder();
    line(out, "Names", String.join(", ", names));
    line(out, "Digests", String.join(", ", digests));
    line(out, "Nodes", String.join(", ", nodes));
    line(out, "Id", "sha256:" + image.getSha256());
    line(out, "Platform", container.getPlatform());
    line(out, "Created", Ages.rfc3339(container.getCreateTime()));
    line(out, "Size", Quantity.roundedMemory(image.getSizeBytes()));
    line(out, "Used by", String.join(", ", users));
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(name).append(':').repeat(' ', NAME_WIDTH - name.length());
      out.append(Printable.escape(value)).append('\n');
    }
  }
}
