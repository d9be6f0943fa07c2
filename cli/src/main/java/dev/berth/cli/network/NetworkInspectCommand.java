package dev.berth.cli.network;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.MessageFormat;
import dev.berth.cli.verb.NodeAnswer;
import dev.berth.cli.verb.NodeObjectsVerb;
import dev.berth.spec.ContainerNetworkRules;
import dev.berth.v1.InspectNetworkRequest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth network inspect`.
@Command(description = "Shows all of networks, on all nodes that have them.")
public final class NetworkInspectCommand extends NodeObjectsVerb {
  @Mixin private final MessageFormat format = new MessageFormat();

  /// @param terminal where it reads and writes
  public NetworkInspectCommand(Terminal terminal) {
    super(terminal, "network");
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    format.check();
  }

  @Override
  protected @Nullable String problem(String name) {
    return ContainerNetworkRules.lookupProblem(name);
  }

  @Override
  protected void ask(Cluster cluster, String name, List<String> on, Consumer<NodeAnswer> each) {
    cluster
        .networks()
        .inspectNetwork(InspectNetworkRequest.newBuilder().setNetwork(name).addAllNodes(on).build())
        .forEachRemaining(said -> each.accept(NetworkAnswer.of(said)));
  }

  @Override
  protected int run(Cluster cluster) {
    return inspect(cluster, format);
  }
}
