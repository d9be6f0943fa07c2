package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.ImageRules;
import dev.berth.v1.CommitInstanceRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth commit`.
@Command(
    description = "Makes an image of what a container or a virtual machine has written.",
    footer = {
      "The image is on the node of the instance: 'berth push' takes it to a registry, from which"
          + " other nodes have it. Volumes and further disks are not in it.",
      "A machine's image is its disk. While that is copied, the machine stands still.",
      "  berth commit -m 'with the data of May' shop.1 registry.example:5000/shop:may"
    })
public final class CommitCommand extends ClusterVerb {
  @Option(
      names = {"-a", "--author"},
      paramLabel = "AUTHOR",
      description = "Who made it; of containers.")
  private String author = "";

  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      description = "What is in it; of containers.")
  private String comment = "";

  @Option(
      names = {"-c", "--change"},
      paramLabel = "INSTRUCTION",
      description =
          "Changes how it is run, by an instruction of a Dockerfile such as 'CMD [\"serve\"]'; may"
              + " be given several times; of containers.")
  private List<String> changes = new ArrayList<>();

  @Option(
      names = {"-p", "--pause"},
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "true",
      paramLabel = "true|false",
      description = "Whether the instance stands still meanwhile; true unless given.")
  private boolean pause = true;

  @Parameters(
      index = "0",
      paramLabel = "INSTANCE",
      description = "Slot or id, or a workload that has one slot.")
  private String instance = "";

  @Parameters(
      index = "1",
      paramLabel = "NAME[:TAG]",
      description = "What the image is called; of containers the tag is latest unless given.")
  private String image = "";

  /// @param terminal where it reads and writes
  public CommitCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(instance);
    String problem = ImageRules.tagProblem(image);
    if (problem != null) {
      throw FailureException.usage("image: " + problem);
    }
  }

  @Override
  protected int run(Cluster cluster) {
    // Scripts take the id, and want nothing else.
    ImageWorks works = new ImageWorks(terminal(), !terminal().errIsTerminal());
    works.follow(
        cluster
            .imageStreams()
            .commitInstance(
                CommitInstanceRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setInstance(OneInstance.find(cluster, instance))
                    .setImage(image)
                    .setAuthor(author)
                    .setComment(comment)
                    .addAllChanges(changes)
                    .setWithoutPause(!pause)
                    .build()),
        false,
        (_, made) -> "sha256:" + made.getSha256());
    return works.done().isEmpty() ? ExitCode.FAILURE : ExitCode.OK;
  }
}
