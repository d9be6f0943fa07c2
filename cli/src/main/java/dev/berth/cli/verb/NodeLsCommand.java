package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.ListNodesResponse;
import dev.berth.v1.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  private static Table table(List<Node> nodes, boolean wide) {
    List<String> headers =
        new ArrayList<>(
            List.of("NAME", "STATE", "AVAILABILITY", "CPU", "MEMORY", "INSTANCES", "DRIVERS"));
    headers.addAll(List.of("ADDRESS", "AGE"));
    if (wide) {
      headers.addAll(List.of("LABELS", "TAINTS", "VERSION", "HEARD", "MESSAGE"));
    }
    Table table = new Table(headers);
    Instant now = Instant.now();
    for (Node node : nodes) {
      List<String> cells = new ArrayList<>();
      cells.add(node.getName());
      cells.add(NodeText.fullState(node));
      cells.add(NodeText.fullAvailability(node));
      cells.add(NodeText.cpu(node));
      cells.add(NodeText.memory(node));
      cells.add(Integer.toString(node.getInstances()));
      cells.add(NodeText.drivers(node));
      cells.add(node.getDescription().getAddress());
      cells.add(Ages.since(node.getCreateTime(), now));
      if (wide) {
        cells.add(NodeText.labels(node));
        cells.add(NodeText.taints(node));
        cells.add(node.getDescription().getAgentVersion());
        cells.add(Ages.since(node.getLastHeardTime(), now));
        cells.add(node.hasDrain() ? NodeText.drain(node, now) : node.getMessage());
      }
      table.row(cells);
    }
    return table;
  }

  private static String filterValue(Node node, String key) {
    return switch (key) {
      case "name" -> node.getName();
      case "state" -> NodeText.state(node.getState());
      default -> NodeText.availability(node);
    };
  }
}
