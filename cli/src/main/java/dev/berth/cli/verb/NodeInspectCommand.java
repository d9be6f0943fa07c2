package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth node inspect`.
@Command(description = "Shows nodes in full, with the layers of their hosts.")
public final class NodeInspectCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NODE", description = "Nodes.")
  private List<String> names = new ArrayList<>();

  @Mixin private final TextFormat format = new TextFormat();

  /// @param terminal where it reads and writes
  public NodeInspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    format.check();
    names.forEach(NodesVerb::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    List<Node> nodes = new ArrayList<>();
    for (String name : names) {
      nodes.add(cluster.nodes().getNode(GetNodeRequest.newBuilder().setName(name).build()));
    }
    format.print(terminal(), nodes, () -> text(nodes));
    return 0;
  }

  private static String text(List<Node> nodes) {
    Instant now = Instant.now();
    return nodes.stream().map(node -> NodeText.whole(node, now)).collect(Collectors.joining("\n"));
  }
}
