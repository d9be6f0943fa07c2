package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeImages;
import dev.berth.v1.RemoveImageRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth rmi`.
@Command(
    description = "Removes names of images of containers from nodes, and images with their last.",
    footer = "Where a container needs one, it stays and the command fails.")
public final class RmiCommand extends ClusterVerb {
  @Option(
      names = {"-f", "--force"},
      description = "Also what has several names, or is used by ended containers only.")
  private boolean force;

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Names, or beginnings of ids.")
  private List<String> images = new ArrayList<>();

  @Mixin private final ImageNodes nodes = new ImageNodes();

  /// @param terminal where it reads and writes
  public RmiCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    images.forEach(ImageRmCommand::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    int exitCode = ExitCode.OK;
    for (String image : images) {
      RemoveImageRequest request =
          RemoveImageRequest.newBuilder()
              .setImage(image)
              .addAllNodes(nodes.names())
              .setKind(Kind.KIND_CONTAINER)
              .setForce(force)
              .build();
      List<NodeImages> results = ImageRmCommand.remove(cluster, terminal(), request);
      exitCode = Math.max(exitCode, NodeResults.complain(terminal(), image, nodes, results));
    }
    return exitCode;
  }
}
