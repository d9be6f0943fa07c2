package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.spec.Printable;
import dev.berth.v1.Image;
import dev.berth.v1.InspectImageRequest;
import dev.berth.v1.InspectImageResponse;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeImages;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth image inspect`.
@Command(
    description =
        "Shows what is in a disk image: its format, its master boot record with the boot loader's"
            + " code, its partitions and their file systems; with --kind container, what a runtime"
            + " says of an image of containers.")
public final class ImageInspectCommand extends ClusterVerb {
  @Parameters(
      index = "0",
      paramLabel = "IMAGE",
      description = "Its name, or the beginning of its SHA-256.")
  private String image = "";

  @Option(
      names = "--kind",
      paramLabel = "vm|container",
      description = "A disk of virtual machines, unless given; or an image of containers.")
  private String kind = "vm";

  @Mixin private final ImageNodes nodes = new ImageNodes();
  @Mixin private final TextFormat format = new TextFormat();

  /// @param terminal where it reads and writes
  public ImageInspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    format.check();
    ImageRmCommand.requireGrammar(image);
    if (!kind.equals("vm") && !kind.equals("container")) {
      throw FailureException.usage(
          "--kind: value: " + Printable.quote(kind) + " (expected: vm or container)");
    }
  }

  @Override
  protected int run(Cluster cluster) {
    Map<String, NodeImages> results = new TreeMap<>();
    Iterator<InspectImageResponse> answers =
        cluster
            .imageStreams()
            .inspectImage(
                InspectImageRequest.newBuilder()
                    .setImage(image)
                    .setKind(kind.equals("vm") ? Kind.KIND_VM : Kind.KIND_CONTAINER)
                    .addAllNodes(nodes.names())
                    .build());
    while (answers.hasNext()) {
      NodeImages result = answers.next().getResult();
      results.put(result.getNode(), result);
    }
    List<NodeImages> found = results.values().stream().filter(node -> !node.hasFailure()).toList();
    format.print(terminal(), found, () -> text(found));
    return NodeResults.complain(terminal(), image, nodes, List.copyOf(results.values()));
  }

  /// The same image looks the same on every node.
  private static String text(List<NodeImages> nodes) {
    Map<String, List<String>> holders = new LinkedHashMap<>();
    Map<String, List<Image>> copies = new LinkedHashMap<>();
    for (NodeImages node : nodes) {
      for (Image each : node.getImagesList()) {
        holders.computeIfAbsent(each.getSha256(), _ -> new ArrayList<>()).add(node.getNode());
        copies.computeIfAbsent(each.getSha256(), _ -> new ArrayList<>()).add(each);
      }
    }
    return copies.entrySet().stream()
        .map(entry -> text(entry.getValue(), holders.getOrDefault(entry.getKey(), List.of())))
        .collect(Collectors.joining("\n"));
  }

  private static String text(List<Image> copies, List<String> nodes) {
    return copies.getFirst().getKind() == Kind.KIND_CONTAINER
        ? ContainerImageText.of(copies, nodes)
        : DiskText.of(copies, nodes);
  }
}
