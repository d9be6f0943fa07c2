package dev.berth.cli.network;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.MessageFormat;
import dev.berth.cli.verb.NodeOutcomes;
import dev.berth.v1.InspectNetworkRequest;
import dev.berth.v1.NodeNetwork;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth network inspect`.
@Command(description = "Shows all of networks, on all nodes that have them.")
public final class NetworkInspectCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names, or beginnings of ids.")
  private List<String> names = new ArrayList<>();

  @Mixin private final NodeChoice nodes = new NodeChoice();
  @Mixin private final MessageFormat format = new MessageFormat();

  /// @param terminal where it reads and writes
  public NetworkInspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    format.check();
    names.forEach(NetworkNames::require);
  }

  @Override
  protected int run(Cluster cluster) {
    List<NodeNetwork> found = new ArrayList<>();
    List<Runnable> complaints = new ArrayList<>();
    int[] exitCode = {0};
    for (String name : names) {
      NodeOutcomes outcomes = new NodeOutcomes();
      Iterator<NodeNetwork> answers =
          cluster
              .networks()
              .inspectNetwork(
                  InspectNetworkRequest.newBuilder()
                      .setNetwork(name)
                      .addAllNodes(nodes.names())
                      .build());
      while (answers.hasNext()) {
        NodeNetwork answer = answers.next();
        if (answer.hasFailure()) {
          outcomes.failed(answer.getNode(), answer.getFailure());
        } else {
          outcomes.done(answer.getNode());
          found.add(answer);
        }
      }
      complaints.add(
          () ->
              exitCode[0] =
                  Math.max(
                      exitCode[0],
                      outcomes.complain(terminal(), nodes, name, "berth network ls", false)));
    }
    format.print(terminal(), found);
    complaints.forEach(Runnable::run);
    return exitCode[0];
  }
}
