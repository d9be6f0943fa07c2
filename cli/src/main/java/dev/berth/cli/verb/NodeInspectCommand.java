package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth node inspect`.
@Command(description = "Shows nodes in full, with the layers of their hosts.")
public final class NodeInspectCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NODE", description = "Nodes.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json|yaml",
      description = "Lines of text, unless given; or an array in JSON or YAML.")
  private String format = "text";

  /// @param terminal where it reads and writes
  public NodeInspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    if (!List.of("text", "json", "yaml").contains(format)) {
      throw FailureException.usage(
          "-o: value: " + Printable.quote(format) + " (expected: text, json or yaml)");
    }
    names.forEach(NodesVerb::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    List<Node> nodes = new ArrayList<>();
    for (String name : names) {
      nodes.add(cluster.nodes().getNode(GetNodeRequest.newBuilder().setName(name).build()));
    }
    String json = format.equals("text") ? "" : Json.array(nodes);
    terminal()
        .out()
        .append(
            switch (format) {
              case "json" -> json + "\n";
              case "yaml" -> Json.toYaml(json) + "\n";
              default -> text(nodes);
            });
    return 0;
  }

  private static String text(List<Node> nodes) {
    Instant now = Instant.now();
    return nodes.stream().map(node -> NodeText.whole(node, now)).collect(Collectors.joining("\n"));
  }
}
