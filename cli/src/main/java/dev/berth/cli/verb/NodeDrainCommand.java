package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.DrainRules;
import dev.berth.spec.Violation;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.Node;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth node drain`.
@Command(
    description = "Moves all instances off a node, within disruption budgets, and waits for it.",
    footer = {
      "Prints the node's name when it is empty; it gets nothing new until `berth node uncordon`.",
      "Ctrl-C leaves the drain going. Instances with a local volume stay."
    })
public final class NodeDrainCommand extends ClusterVerb {
  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  private String name = "";

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description = "When budgets are no longer waited for, such as 10m; never unless given.")
  private String deadline = "";

  @Option(
      names = "--max-parallel",
      paramLabel = "N",
      description = "Most instances on the way at once, 1 to 1000; 10 unless given.")
  private int maxParallel = DrainRules.MAX_PARALLEL_DEFAULT;

  @Option(
      names = {"-d", "--detach"},
      description = "Does not wait until the node is empty.")
  private boolean detach;

  /// @param terminal where it reads and writes
  public NodeDrainCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    NodesVerb.requireGrammar(name);
    List<Violation> violations = DrainRules.validate(request());
    if (!violations.isEmpty() || maxParallel == 0) {
      throw FailureException.usage(
          maxParallel == 0
              ? "--max-parallel: value: 0 (expected: 1 to 1000)"
              : violations.stream().map(Violation::toString).collect(Collectors.joining("\n")));
    }
  }

  @Override
  protected int run(Cluster cluster) {
    Node node = cluster.nodes().drainNode(request());
    if (!detach) {
      new DrainFollower(cluster, terminal()).follow(node);
    }
    terminal().out().println(name);
    return 0;
  }

  private DrainNodeRequest request() {
    DrainNodeRequest.Builder request =
        DrainNodeRequest.newBuilder().setName(name).setMaxParallel(maxParallel);
    if (!deadline.isEmpty()) {
      request.setDeadline(SlotsVerb.grace("--deadline", deadline));
    }
    return request.build();
  }
}
