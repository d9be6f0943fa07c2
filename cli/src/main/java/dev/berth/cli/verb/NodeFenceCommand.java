package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.Counts;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Question;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.FenceNodeRequest;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.Node;
import java.io.IOException;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth node fence`.
@Command(
    description = "Says that a lost node is dead: what is held for it runs elsewhere at once.",
    footer = {
      "Make sure first that the host is off, or will never come back with what ran there:",
      "otherwise two instances of one slot run at once, perhaps on the same data."
    })
public final class NodeFenceCommand extends ClusterVerb {
  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  private String name = "";

  @Option(
      names = {"-y", "--yes"},
      description = "Does not ask back.")
  private boolean yes;

  /// @param terminal where it reads and writes
  public NodeFenceCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    NodesVerb.requireGrammar(name);
    if (!yes && !Question.canBeAsked(terminal())) {
      throw FailureException.usage(
          "nobody can be asked whether the host is off (expected: --yes, when it is)");
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    FenceNodeRequest.Builder request = FenceNodeRequest.newBuilder().setName(name);
    if (!yes) {
      Node node = cluster.nodes().getNode(GetNodeRequest.newBuilder().setName(name).build());
      if (!Question.ask(terminal(), question(node))) {
        throw new FailureException(1, name + " is not fenced");
      }
      // What was asked about is what is fenced.
      request.setEtag(node.getEtag());
    }
    var _ = cluster.nodes().fenceNode(request.build());
    terminal().out().println(name);
    return 0;
  }

  private static String question(Node node) {
    String heard =
        node.hasLastHeardTime()
            ? ", last heard " + Ages.since(node.getLastHeardTime(), Instant.now()) + " ago"
            : "";
    return node.getName()
        + " is "
        + NodeText.state(node.getState())
        + heard
        + ", with "
        + Counts.of(node.getInstances(), "instance")
        + ". If its host still runs, they will run twice.\n"
        + "Is the host off, or gone for good?";
  }
}
