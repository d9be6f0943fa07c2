package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Printable;
import dev.berth.v1.Image;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeImages;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A node that has an image.
///
/// @param kind what the image is for
record ImageHolder(String node, Kind kind) {
  private static final String DIGEST = "sha256:";
  private static final List<Kind> EITHER = List.of(Kind.KIND_CONTAINER, Kind.KIND_VM);

  /// What an image of this name is for on one node: a disk when it has such a one.
  static Kind kindOn(Cluster cluster, String image, String node) {
    return ImagesCommand.ask(cluster, ImageNodes.of(List.of(node)), EITHER).stream()
            .filter(each -> each.getNode().equals(node))
            .flatMap(each -> each.getImagesList().stream())
            .anyMatch(each -> kindOf(each) == Kind.KIND_VM && isCalled(each, image))
        ? Kind.KIND_VM
        : Kind.KIND_CONTAINER;
  }

  /// The first node that has it.
  ///
  /// @param kind "container", "vm"; empty: either, when there are not both of this name
  /// @throws FailureException when none has it, or several have different ones of this name
  static ImageHolder find(Cluster cluster, Terminal terminal, String image, String kind) {
    List<Kind> kinds = kind.isEmpty() ? EITHER : List.of(ImageKind.parse(kind));
    String name = kind.equals("vm") ? image : withTag(image);
    TreeMap<String, Image> holders = new TreeMap<>();
    for (NodeImages each : ImagesCommand.ask(cluster, new ImageNodes(), kinds)) {
      if (each.hasFailure()) {
        Complaint.say(terminal, each.getNode(), each.getFailure().getMessage());
      }
      for (Image has : each.getImagesList()) {
        if (isCalled(has, image)) {
          Image other = holders.put(each.getNode(), has);
          if (other != null && kindOf(other) != kindOf(has)) {
            throw new FailureException(
                ExitCode.FAILURE,
                Printable.escape(name)
                    + ": an image of containers and a disk of virtual machines have this name; say"
                    + " which by --kind");
          }
        }
      }
    }
    if (holders.isEmpty()) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(name)
              + ": no node has this image; 'berth images' lists those there are");
    }
    if (holders.values().stream().map(Image::getSha256).distinct().count() > 1) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(name)
              + ": nodes have different images of this name; say which by --node\n"
              + holders.entrySet().stream()
                  .map(ImageHolder::line)
                  .collect(Collectors.joining("\n")));
    }
    return new ImageHolder(holders.firstKey(), kindOf(holders.firstEntry().getValue()));
  }

  /// A node that has all of these images of containers.
  ///
  /// @throws FailureException when no node has all of them, or several have different ones
  static String ofAll(Cluster cluster, Terminal terminal, List<String> images) {
    List<NodeImages> nodes =
        ImagesCommand.ask(cluster, new ImageNodes(), List.of(Kind.KIND_CONTAINER));
    for (NodeImages each : nodes) {
      if (each.hasFailure()) {
        Complaint.say(terminal, each.getNode(), each.getFailure().getMessage());
      }
    }
    TreeMap<String, List<String>> holders = new TreeMap<>();
    for (NodeImages each : nodes) {
      List<String> ids =
          images.stream()
              .flatMap(
                  image -> each.getImagesList().stream().filter(has -> is(has, image)).limit(1))
              .map(Image::getSha256)
              .toList();
      if (ids.size() == images.size()) {
        holders.put(each.getNode(), ids);
      }
    }
    if (holders.isEmpty()) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(String.join(", ", images))
              + ": no node has "
              + (images.size() == 1 ? "this image" : "all of these images")
              + "; 'berth images' lists those there are");
    }
    if (holders.values().stream().distinct().count() > 1) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(String.join(", ", images))
              + ": nodes have different images of this name; say which by --node: "
              + String.join(", ", holders.keySet()));
    }
    return holders.firstKey();
  }

  private static boolean is(Image image, String name) {
    String digits = name.startsWith(DIGEST) ? name.substring(DIGEST.length()) : name;
    return isCalled(image, name)
        || (ImageRules.isDigestPrefix(digits) && image.getSha256().startsWith(digits));
  }

  private static boolean isCalled(Image image, String name) {
    return image
        .getNamesList()
        .contains(kindOf(image) == Kind.KIND_CONTAINER ? withTag(name) : name);
  }

  private static Kind kindOf(Image image) {
    return image.getKind() == Kind.KIND_CONTAINER ? Kind.KIND_CONTAINER : Kind.KIND_VM;
  }

  private static String line(Map.Entry<String, Image> holder) {
    return holder.getKey() + ": " + holder.getValue().getSha256().substring(0, 12);
  }

  /// As daemons list it.
  static String withTag(String image) {
    return image.indexOf(':', image.lastIndexOf('/') + 1) < 0 ? image + ":latest" : image;
  }
}
