package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Quantity;
import dev.berth.v1.Image;
import dev.berth.v1.ListImagesRequest;
import dev.berth.v1.ListImagesResponse;
import dev.berth.v1.NodeImages;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth image ls`.
@Command(
    description = "Lists the disk images that nodes keep for virtual machines.",
    footer =
        "Images without a name were fetched by their URL, or their name means another image now."
            + " They are removed when no machine has used them for a while.")
public final class ImageLsCommand extends ClusterVerb {
  private static final int DIGITS = 12;

  @Mixin private final ImageNodes nodes = new ImageNodes();
  @Mixin private final TextFormat format = new TextFormat();

  /// @param terminal where it reads and writes
  public ImageLsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    format.check();
  }

  @Override
  protected int run(Cluster cluster) {
    TreeMap<String, NodeImages.Builder> found = new TreeMap<>();
    Iterator<ListImagesResponse> answers =
        cluster
            .imageStreams()
            .listImages(ListImagesRequest.newBuilder().addAllNodes(nodes.names()).build());
    while (answers.hasNext()) {
      NodeImages part = answers.next().getResult();
      found.computeIfAbsent(part.getNode(), _ -> NodeImages.newBuilder()).mergeFrom(part);
    }
    List<NodeImages> all = found.values().stream().map(NodeImages.Builder::build).toList();
    format.print(terminal(), all, () -> table(all).text(terminal().columns()));
    int exitCode = ExitCode.OK;
    for (NodeImages node : all) {
      if (node.hasFailure()) {
        Complaint.say(terminal(), node.getNode(), node.getFailure().getMessage());
        exitCode = ExitCode.FAILURE;
      }
    }
    return exitCode;
  }

  private static Table table(List<NodeImages> nodes) {
    Table table = new Table("NAME", "SHA256", "SIZE", "NODE", "USED BY", "LAST USE");
    Instant now = Instant.now();
    for (NodeImages node : nodes) {
      for (Image image : node.getImagesList()) {
        List<String> names = image.getNamesList().isEmpty() ? List.of("-") : image.getNamesList();
        for (String name : names) {
          table.row(
              name,
              image.getSha256().substring(0, Math.min(DIGITS, image.getSha256().length())),
              Quantity.roundedMemory(image.getSizeBytes()),
              node.getNode(),
              Integer.toString(image.getUsedByCount()),
              Ages.since(image.getLastUseTime(), now));
        }
      }
    }
    return table;
  }
}
