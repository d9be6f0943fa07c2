package dev.berth.cli.network;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.NodeOutcomes;
import dev.berth.spec.Printable;
import dev.berth.v1.NodeNetwork;
import dev.berth.v1.RemoveNetworkRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth network rm`.
@Command(
    description = "Removes networks, on all nodes that have them.",
    footer =
        "Where a container has one, running or not, or a slot has its place whose workload joins"
            + " it, it stays and the command fails.")
public final class NetworkRmCommand extends ClusterVerb {
  @Option(
      names = {"-f", "--force"},
      description =
          "Also where a slot has its place whose workload joins it, while no container has it;"
              + " and it is well when there is none.")
  private boolean force;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names, or beginnings of ids.")
  private List<String> names = new ArrayList<>();

  @Mixin private final NodeChoice nodes = new NodeChoice();

  /// @param terminal where it reads and writes
  public NetworkRmCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    names.forEach(NetworkNames::require);
  }

  @Override
  protected int run(Cluster cluster) {
    int exitCode = ExitCode.OK;
    for (String name : names) {
      NodeOutcomes outcomes = new NodeOutcomes();
      Iterator<NodeNetwork> answers =
          cluster
              .networks()
              .removeNetwork(
                  RemoveNetworkRequest.newBuilder()
                      .setNetwork(name)
                      .addAllNodes(nodes.names())
                      .setForce(force)
                      .build());
      while (answers.hasNext()) {
        NodeNetwork answer = answers.next();
        if (answer.hasFailure()) {
          outcomes.failed(answer.getNode(), answer.getFailure());
        } else {
          outcomes.done(answer.getNode());
          terminal().out().println(Printable.escape(answer.getNode() + ": " + name));
          terminal().flush();
        }
      }
      exitCode =
          Math.max(exitCode, outcomes.complain(terminal(), nodes, name, "berth network ls", force));
    }
    return exitCode;
  }
}
