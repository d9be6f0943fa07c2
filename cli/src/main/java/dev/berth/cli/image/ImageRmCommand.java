package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Printable;
import dev.berth.v1.NodeImages;
import dev.berth.v1.RemoveImageRequest;
import dev.berth.v1.RemoveImageResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth image rm`.
@Command(
    description = "Removes disk images from nodes, with all their names.",
    footer =
        "Where a machine needs one, it stays and the command fails. berth rmi removes images of"
            + " containers.")
public final class ImageRmCommand extends ClusterVerb {
  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Names, or beginnings of SHA-256 digests.")
  private List<String> images = new ArrayList<>();

  @Mixin private final ImageNodes nodes = new ImageNodes();

  /// @param terminal where it reads and writes
  public ImageRmCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    images.forEach(ImageRmCommand::requireGrammar);
  }

  /// @throws FailureException with exit code 2 for what can be no image's name
  static void requireGrammar(String image) {
    String problem = ImageRules.lookupProblem(image);
    if (problem != null) {
      throw FailureException.usage("image: " + problem);
    }
  }

  @Override
  protected int run(Cluster cluster) {
    int exitCode = ExitCode.OK;
    for (String image : images) {
      RemoveImageRequest request =
          RemoveImageRequest.newBuilder().setImage(image).addAllNodes(nodes.names()).build();
      List<NodeImages> results = remove(cluster, terminal(), request);
      exitCode = Math.max(exitCode, NodeResults.complain(terminal(), image, nodes, results));
    }
    return exitCode;
  }

  /// Has nodes remove an image, and says which did.
  ///
  /// @return what each answered
  static List<NodeImages> remove(Cluster cluster, Terminal terminal, RemoveImageRequest request) {
    List<NodeImages> results = new ArrayList<>();
    Iterator<RemoveImageResponse> answers = cluster.imageStreams().removeImage(request);
    while (answers.hasNext()) {
      NodeImages result = answers.next().getResult();
      results.add(result);
      if (!result.hasFailure()) {
        terminal.out().println(Printable.escape(result.getNode() + ": " + request.getImage()));
        terminal.flush();
      }
    }
    return results;
  }
}
