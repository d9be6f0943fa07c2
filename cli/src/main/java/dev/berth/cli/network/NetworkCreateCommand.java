package dev.berth.cli.network;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.NodeAnswer;
import dev.berth.cli.verb.NodeObjectCreation;
import dev.berth.spec.ContainerNetworkRules;
import dev.berth.spec.Violation;
import dev.berth.v1.CreateNetworkRequest;
import dev.berth.v1.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth network create`.
@Command(
    description = {
      "Makes a network of this name on all nodes that run containers, or on those of --node, and"
          + " prints the name.",
      "Each node's network is its own: containers on different nodes do not reach each other by it,"
          + " unless its driver connects nodes."
    },
    footer = {
      "Containers join with berth run --network NAME; on it they find each other by the names of"
          + " workloads and slots: web, web-2.",
      "  berth network create --subnet 10.20.0.0/16 --gateway 10.20.0.1 shop"
    })
public final class NetworkCreateCommand extends NodeObjectCreation {
  @Option(
      names = {"-d", "--driver"},
      paramLabel = "DRIVER",
      description = "What makes it; bridge unless given.")
  private String driver = "";

  @Option(
      names = "--subnet",
      paramLabel = "PREFIX",
      description = "Addresses in it, such as 10.20.0.0/16; the runtime chooses unless given.")
  private List<String> subnets = new ArrayList<>();

  @Option(
      names = "--gateway",
      paramLabel = "ADDRESS",
      description = "The gateway of a subnet; its first address unless given.")
  private List<String> gateways = new ArrayList<>();

  @Option(
      names = "--ip-range",
      paramLabel = "PREFIX",
      description = "The part of a subnet from which containers get addresses.")
  private List<String> ranges = new ArrayList<>();

  @Option(names = "--internal", description = "Nothing outside of it is reached.")
  private boolean internal;

  @Option(names = "--attachable", description = "Containers may be attached by hand.")
  private boolean attachable;

  @Option(names = "--ipv6", description = "With IPv6.")
  private boolean ipv6;

  @Option(
      names = "--ipam-driver",
      paramLabel = "DRIVER",
      description = "What gives addresses; the runtime's own unless given.")
  private String ipamDriver = "";

  @Parameters(arity = "1", paramLabel = "NAME", description = "Its name.")
  private String name = "";

  /// @param terminal where it reads and writes
  public NetworkCreateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected List<Violation> violations() {
    return ContainerNetworkRules.validate(wanted());
  }

  private NetworkSpec wanted() {
    return NetworkSpec.newBuilder()
        .setName(name)
        .setDriver(driver)
        .putAllOptions(options())
        .putAllLabels(labels())
        .addAllSubnets(Subnets.of(subnets, gateways, ranges))
        .setInternal(internal)
        .setAttachable(attachable)
        .setIpv6(ipv6)
        .setIpamDriver(ipamDriver)
        .build();
  }

  @Override
  protected String create(Cluster cluster, List<String> on, Consumer<NodeAnswer> each) {
    cluster
        .networks()
        .createNetwork(
            CreateNetworkRequest.newBuilder().setNetwork(wanted()).addAllNodes(on).build())
        .forEachRemaining(said -> each.accept(NetworkAnswer.of(said)));
    return name;
  }
}
