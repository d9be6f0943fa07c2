package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.spec.Quantity;
import dev.berth.v1.Image;
import dev.berth.v1.ImageStep;
import dev.berth.v1.InspectImageRequest;
import dev.berth.v1.InspectImageResponse;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeImages;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth history`.
@Command(
    description = "Shows how an image of containers was made, the last step first.",
    footer = "Asked is every node with Docker; shown is what the first one that has it says.")
public final class HistoryCommand extends ClusterVerb {
  private static final int SHORT_ID = 12;
  private static final int SHORT_TEXT = 45;

  @Option(names = "--no-trunc", description = "Shows all of ids and instructions.")
  private boolean whole;

  @Option(
      names = {"-q", "--quiet"},
      description = "Prints ids only.")
  private boolean quiet;

  @Option(
      names = {"-H", "--human"},
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "true",
      paramLabel = "true|false",
      description = "Whether ages and sizes are rounded; true unless given.")
  private boolean human = true;

  @Mixin private final ImageNodes nodes = new ImageNodes();
  @Mixin private final TextFormat format = new TextFormat();

  @Parameters(
      index = "0",
      paramLabel = "IMAGE",
      description = "Its name, or the beginning of its id.")
  private String image = "";

  /// @param terminal where it reads and writes
  public HistoryCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    format.check();
    ImageRmCommand.requireGrammar(image);
  }

  @Override
  protected int run(Cluster cluster) {
    Iterator<InspectImageResponse> answers =
        cluster
            .imageStreams()
            .inspectImage(
                InspectImageRequest.newBuilder()
                    .setImage(image)
                    .setKind(Kind.KIND_CONTAINER)
                    .setHistory(true)
                    .addAllNodes(nodes.names())
                    .build());
    Map<String, NodeImages> results = new TreeMap<>();
    while (answers.hasNext()) {
      NodeImages result = answers.next().getResult();
      results.put(result.getNode(), result);
    }
    Optional<Image> found =
        results.values().stream().flatMap(node -> node.getImagesList().stream()).findFirst();
    List<ImageStep> steps =
        found.map(each -> each.getContainer().getHistoryList()).orElse(List.of());
    if (quiet) {
      steps.forEach(step -> terminal().out().println(id(step)));
    } else if (found.isPresent()) {
      format.print(terminal(), steps, () -> table(steps));
    }
    return NodeResults.complain(terminal(), image, nodes, List.copyOf(results.values()));
  }

  private String table(List<ImageStep> steps) {
    Instant now = Instant.now();
    Table table = new Table("IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT");
    for (ImageStep step : steps) {
      table.row(
          id(step),
          created(step, now),
          text(step.getCreatedBy()),
          human
              ? Quantity.roundedMemory(step.getSizeBytes())
              : Long.toUnsignedString(step.getSizeBytes()),
          step.getComment());
    }
    return table.text(whole ? Integer.MAX_VALUE : terminal().columns());
  }

  private String created(ImageStep step, Instant now) {
    if (!step.hasCreateTime()) {
      return "-";
    }
    return human ? Ages.since(step.getCreateTime(), now) : Ages.rfc3339(step.getCreateTime());
  }

  private String id(ImageStep step) {
    if (step.getSha256().isEmpty()) {
      return "<missing>";
    }
    return whole ? "sha256:" + step.getSha256() : step.getSha256().substring(0, SHORT_ID);
  }

  private String text(String instruction) {
    return whole || instruction.length() <= SHORT_TEXT
        ? instruction
        : instruction.substring(0, SHORT_TEXT - 1) + "…";
  }
}
