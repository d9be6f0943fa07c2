package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Quantity;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.ListNodesResponse;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeState;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth node ls`.
@Command(description = "Lists nodes.")
public final class NodeLsCommand extends ClusterVerb {
  private static final List<String> FILTERS = List.of("name", "state", "availability");

  @Mixin private final OutputOptions output = new OutputOptions();

  /// @param terminal where it reads and writes
  public NodeLsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    output.check(FILTERS);
  }

  @Override
  protected int run(Cluster cluster) {
    ListNodesResponse answer = Listings.nodes(cluster);
    List<Node> nodes = output.filter(answer.getNodesList(), NodeLsCommand::filterValue);
    output.print(
        terminal(),
        nodes,
        answer.toBuilder().clearNodes().addAllNodes(nodes),
        new OutputOptions.Identity<>() {
          @Override
          public String id(Node node) {
            return node.getUid();
          }

          @Override
          public String name(Node node) {
            return node.getName();
          }
        },
        wide -> table(nodes, wide));
    return 0;
  }

  private Table table(List<Node> nodes, boolean wide) {
    Table table =
        wide
            ? new Table(
                "NAME",
                "STATE",
                "ADDRESS",
                "INSTANCES",
                "CPU",
                "MEMORY",
                "DRIVERS",
                "LABELS",
                "VERSION",
                "HEARD",
                "MESSAGE")
            : new Table("NAME", "STATE", "ADDRESS", "INSTANCES", "CPU", "MEMORY", "DRIVERS");
    Instant now = Instant.now();
    for (Node node : nodes) {
      String state = state(node);
      String instances = Integer.toString(node.getInstances());
      String cpu =
          Quantity.formatCpu(node.getAllocated().getCpuMillis())
              + "/"
              + Quantity.formatCpu(node.getDescription().getCapacity().getCpuMillis());
      String memory =
          Quantity.roundedMemory(node.getAllocated().getMemoryBytes())
              + "/"
              + Quantity.roundedMemory(node.getDescription().getCapacity().getMemoryBytes());
      String address = node.getDescription().getAddress();
      String drivers =
          node.getDescription().getDriversList().stream()
              .map(NodeLsCommand::driver)
              .collect(Collectors.joining(","));
      if (wide) {
        String labels =
            new TreeMap<>(node.getLabelsMap())
                .entrySet().stream().map(Object::toString).collect(Collectors.joining(","));
        String version = node.getDescription().getAgentVersion();
        String heard = Ages.since(node.getLastHeardTime(), now);
        table.row(
            node.getName(),
            state,
            address,
            instances,
            cpu,
            memory,
            drivers,
            labels,
            version,
            heard,
            node.getMessage());
      } else {
        table.row(node.getName(), state, address, instances, cpu, memory, drivers);
      }
    }
    return table;
  }

  private static String driver(DriverDescription driver) {
    String name = driver.getName() + (driver.getVersion().isEmpty() ? "" : " ");
    return name + driver.getVersion() + (driver.getAvailable() ? "" : " (away)");
  }

  private static String state(Node node) {
    return name(node.getState())
        + (node.getAvailability() == NodeAvailability.NODE_AVAILABILITY_CORDONED
            ? ", cordoned"
            : "");
  }

  private static String name(NodeState state) {
    return state == NodeState.NODE_STATE_UNSPECIFIED || state == NodeState.UNRECOGNIZED
        ? "UNKNOWN"
        : state.name().substring("NODE_STATE_".length());
  }

  private static String filterValue(Node node, String key) {
    return switch (key) {
      case "name" -> node.getName();
      case "state" -> name(node.getState());
      default ->
          node.getAvailability() == NodeAvailability.NODE_AVAILABILITY_CORDONED
              ? "cordoned"
              : "active";
    };
  }
}
