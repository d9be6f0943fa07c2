package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.registry.RegistryLogins;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Names;
import dev.berth.v1.Image;
import dev.berth.v1.Kind;
import dev.berth.v1.PullImageRequest;
import java.io.IOException;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth pull`.
@Command(
    description =
        "Has nodes pull an image of containers, or a disk of virtual machines, from its registry.",
    footer = {
      "Your login to the registry (berth login, docker login) goes with the request; without one"
          + " each node uses its own. A node that fails stops no other. Ctrl-C ends it.",
      "  berth pull registry.example:5000/shop:2.1",
      "  berth pull --kind vm registry.example:5000/disks/db:may"
    })
public final class PullCommand extends ClusterVerb {
  @Option(
      names = {"-q", "--quiet"},
      description = "Shows no progress, and prints the digest only.")
  private boolean quiet;

  @Option(
      names = "--kind",
      paramLabel = "container|vm",
      description = "What the image is for; containers unless given.")
  private String kind = "container";

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
    boolean disk = ImageKind.parse(kind) == Kind.KIND_VM;
    String problem = disk ? ImageRules.referenceProblem(image) : Names.imageProblem(image);
    if (problem != null) {
      throw FailureException.usage("image: " + problem);
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    PullImageRequest.Builder request =
        PullImageRequest.newBuilder()
            .setImage(image)
            .setKind(ImageKind.parse(kind))
            .addAllNodes(nodes.names());
    new RegistryLogins(terminal().environment()).forImage(image).ifPresent(request::setLogin);
    ImageWorks works = new ImageWorks(terminal(), quiet);
    works.follow(
        cluster.imageStreams().pullImage(request.build()),
        false,
        (node, pulled) -> quiet ? "" : node + ": " + image + " " + digest(node, pulled));
    TreeSet<String> digests = new TreeSet<>();
    works.done().forEach((node, pulled) -> digests.add(digest(node, pulled)));
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

  /// Of a disk that of the file: it is the same in every registry.
  private String digest(String node, Image pulled) {
    return pulled.getKind() == Kind.KIND_CONTAINER
        ? new ImageRow(node, pulled, image).digest()
        : "sha256:" + pulled.getSha256();
  }
}
