package dev.berth.cli.network;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.NodeAnswer;
import dev.berth.cli.verb.NodeObjectsVerb;
import dev.berth.spec.ContainerNetworkRules;
import dev.berth.v1.RemoveNetworkRequest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth network rm`.
@Command(
    description = "Removes networks, on all nodes that have them.",
    footer =
        "Where a container has one, running or not, or a slot has its place whose workload joins"
            + " it, it stays and the command fails.")
public final class NetworkRmCommand extends NodeObjectsVerb {
  @Option(
      names = {"-f", "--force"},
      description =
          "Also where a slot has its place whose workload joins it, while no container has it;"
              + " and it is well when there is none.")
  private boolean force;

  /// @param terminal where it reads and writes
  public NetworkRmCommand(Terminal terminal) {
    super(terminal, "network");
  }

  @Override
  protected @Nullable String problem(String name) {
    return ContainerNetworkRules.lookupProblem(name);
  }

  @Override
  protected void ask(Cluster cluster, String name, List<String> on, Consumer<NodeAnswer> each) {
    cluster
        .networks()
        .removeNetwork(
            RemoveNetworkRequest.newBuilder()
                .setNetwork(name)
                .addAllNodes(on)
                .setForce(force)
                .build())
        .forEachRemaining(said -> each.accept(NetworkAnswer.of(said)));
  }

  @Override
  protected int run(Cluster cluster) {
    return remove(cluster, force);
  }
}
