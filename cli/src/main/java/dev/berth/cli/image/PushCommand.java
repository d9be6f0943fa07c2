package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.registry.RegistryLogins;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Names;
import dev.berth.v1.PushImageRequest;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth push`.
@Command(
    description =
        "Has a node push an image of containers, or a disk of virtual machines, to the registry"
            + " that its name says.",
    footer = {
      "Any node that has the image is chosen, unless one is given; when nodes have different"
          + " images of this name, one must be. Your login goes with the request, as for pull.",
      "  berth tag shop:2.1 registry.example:5000/shop:2.1",
      "  berth push registry.example:5000/shop:2.1"
    })
public final class PushCommand extends ClusterVerb {
  @Option(names = "--node", paramLabel = "NODE", description = "The node that has the image.")
  private String node = "";

  @Option(
      names = "--kind",
      paramLabel = "container|vm",
      description = "What the image is for; whichever a node has of this name unless given.")
  private String kind = "";

  @Option(
      names = {"-q", "--quiet"},
      description = "Shows no progress, and prints the digest only.")
  private boolean quiet;

  @Parameters(
      index = "0",
      paramLabel = "IMAGE",
      description = "NAME[:TAG]; the tag is latest unless given.")
  private String image = "";

  /// @param terminal where it reads and writes
  public PushCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    String problem = ImageRules.tagProblem(image);
    if (problem != null) {
      throw FailureException.usage("image: " + problem);
    }
    if (!kind.isEmpty()) {
      var _ = ImageKind.parse(kind);
    }
    String wrong = node.isEmpty() ? null : Names.nodeProblem(node);
    if (wrong != null) {
      throw FailureException.usage("--node: " + wrong);
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    ImageHolder from =
        node.isEmpty()
            ? ImageHolder.find(cluster, terminal(), image, kind)
            : new ImageHolder(
                node,
                kind.isEmpty() ? ImageHolder.kindOn(cluster, image, node) : ImageKind.parse(kind));
    PushImageRequest.Builder request =
        PushImageRequest.newBuilder().setImage(image).setNode(from.node()).setKind(from.kind());
    new RegistryLogins(terminal().environment()).forImage(image).ifPresent(request::setLogin);
    ImageWorks works = new ImageWorks(terminal(), quiet);
    works.follow(
        cluster.imageStreams().pushImage(request.build()),
        false,
        (at, pushed) -> {
          String digest = new ImageRow(at, pushed, image).digest();
          return quiet ? digest : at + ": " + image + " " + digest;
        });
    return works.done().isEmpty() ? ExitCode.FAILURE : ExitCode.OK;
  }
}
