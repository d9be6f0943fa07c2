package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.registry.RegistryLogins;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Names;
import dev.berth.v1.PullImageRequest;
import java.io.IOException;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth pull`.
@Command(
    description = "Has nodes pull an image of containers from its registry.",
    footer = {
      "Your login to the registry (berth login, docker login) goes with the request; without one"
          + " each node uses its own. A node that fails stops no other. Ctrl-C ends it.",
      "  berth pull registry.example:5000/shop:2.1"
    })
public final class PullCommand extends ClusterVerb {
  @Option(
      names = {"-q", "--quiet"},
      description = "Shows no progress, and prints the digest only.")
  private boolean quiet;

  @Mixin private final ImageNodes nodes = new ImageNodes();

  @Parameters(
      index = "0",
      paramLabel = "IMAGE",
      description = "NAME[:TAG] or NAME@DIGEST; the tag is latest unless given.")
  private String image = "";

  /// @param terminal where it reads and writes
  public PullCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    String problem = Names.imageProblem(image);
    if (problem != null) {
      throw FailureException.usage("image: " + problem);
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    PullImageRequest.Builder request =
        PullImageRequest.newBuilder().setImage(image).addAllNodes(nodes.names());
    new RegistryLogins(terminal().environment()).forImage(image).ifPresent(request::setLogin);
    ImageWorks works = new ImageWorks(terminal(), quiet);
    works.follow(
        cluster.imageStreams().pullImage(request.build()),
        false,
        (node, pulled) ->
            quiet ? "" : node + ": " + image + " " + new ImageRow(node, pulled, image).digest());
    TreeSet<String> digests = new TreeSet<>();
    works.done().forEach((node, pulled) -> digests.add(new ImageRow(node, pulled, image).digest()));
    if (quiet) {
      digests.forEach(terminal().out()::println);
    }
    if (digests.size() > 1) {
      Complaint.say(
          terminal(),
          image,
          "nodes have different images of this name now, since it was changed in the registry"
              + " meanwhile: repeat the pull");
      return ExitCode.FAILURE;
    }
    return works.exitCode(image);
  }
}
