package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeImages;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Finds a node that has an image of containers.
final class ImageHolder {
  private ImageHolder() {}

  /// The first node that has it.
  ///
  /// @throws FailureException when none has it, or several have different ones of this name
  static String find(Cluster cluster, Terminal terminal, String image) {
    String wanted = withTag(image);
    TreeMap<String, String> holders = new TreeMap<>();
    for (NodeImages node :
        ImagesCommand.ask(cluster, new ImageNodes(), List.of(Kind.KIND_CONTAINER))) {
      if (node.hasFailure()) {
        Complaint.say(terminal, node.getNode(), node.getFailure().getMessage());
      }
      node.getImagesList().stream()
          .filter(each -> each.getNamesList().contains(wanted))
          .findFirst()
          .ifPresent(each -> holders.put(node.getNode(), each.getSha256()));
    }
    if (holders.isEmpty()) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(wanted)
              + ": no node has this image; 'berth images' lists those there are");
    }
    if (holders.values().stream().distinct().count() > 1) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(wanted)
              + ": nodes have different images of this name; say which by --node\n"
              + holders.entrySet().stream()
                  .map(ImageHolder::line)
                  .collect(Collectors.joining("\n")));
    }
    return holders.firstKey();
  }

  private static String line(Map.Entry<String, String> holder) {
    return holder.getKey() + ": " + holder.getValue().substring(0, 12);
  }

  /// As daemons list it.
  static String withTag(String image) {
    return image.indexOf(':', image.lastIndexOf('/') + 1) < 0 ? image + ":latest" : image;
  }
}
