package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.ImageRules;
import dev.berth.v1.TagImageRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth tag`.
@Command(description = "Gives an image of containers one more name, on all nodes that have it.")
public final class TagCommand extends ClusterVerb {
  @Parameters(
      index = "0",
      paramLabel = "IMAGE",
      description = "Its name, or the beginning of its id.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The name that it gets.")
  private String target = "";

  @Mixin private final ImageNodes nodes = new ImageNodes();

  /// @param terminal where it reads and writes
  public TagCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    ImageRmCommand.requireGrammar(source);
    String problem = ImageRules.tagProblem(target);
    if (problem != null) {
      throw FailureException.usage("target: " + problem);
    }
  }

  @Override
  protected int run(Cluster cluster) {
    ImageWorks works = new ImageWorks(terminal(), true);
    works.follow(
        cluster
            .imageStreams()
            .tagImage(
                TagImageRequest.newBuilder()
                    .setSource(source)
                    .setTarget(target)
                    .addAllNodes(nodes.names())
                    .build()),
        !nodes.areNamed(),
        (node, _) -> node + ": " + target);
    return works.exitCode(source);
  }
}
