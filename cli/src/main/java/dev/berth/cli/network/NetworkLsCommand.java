package dev.berth.cli.network;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Filters;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.ContainerUsers;
import dev.berth.cli.verb.NodeObjectListing;
import dev.berth.cli.verb.NodeOutcomes;
import dev.berth.v1.ListNetworksRequest;
import dev.berth.v1.ListNetworksResponse;
import dev.berth.v1.Network;
import dev.berth.v1.NetworkSubnet;
import dev.berth.v1.NodeNetwork;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/// `berth network ls`.
@Command(
    description = "Lists the networks of containers that nodes have.",
    footer = {
      "USED BY names slots whose containers are on it, other containers, and in parentheses"
          + " workloads that join it and have no container here.",
      "Filters: name (a part of it), id (its beginning), driver, scope, label (KEY or KEY=VALUE),"
          + " type (builtin, custom), dangling (true, false: no container is on it) and node."
    })
public final class NetworkLsCommand extends NodeObjectListing<NodeNetwork> {
  private static final List<String> FILTERS =
      List.of("name", "id", "driver", "scope", "label", "type", "dangling", "node");

  /// @param terminal where it reads and writes
  public NetworkLsCommand(Terminal terminal) {
    super(terminal, FILTERS);
  }

  @Override
  protected List<NodeNetwork> ask(Cluster cluster, List<String> on, NodeOutcomes outcomes) {
    List<NodeNetwork> all = new ArrayList<>();
    Iterator<ListNetworksResponse> answers =
        cluster.networks().listNetworks(ListNetworksRequest.newBuilder().addAllNodes(on).build());
    while (answers.hasNext()) {
      ListNetworksResponse answer = answers.next();
      if (answer.hasFailure()) {
        outcomes.failed(answer.getNode(), answer.getFailure());
      }
      for (Network network : answer.getNetworksList()) {
        all.add(NodeNetwork.newBuilder().setNode(answer.getNode()).setNetwork(network).build());
      }
    }
    return all;
  }

  @Override
  protected String name(NodeNetwork row) {
    return row.getNetwork().getName();
  }

  @Override
  protected String node(NodeNetwork row) {
    return row.getNode();
  }

  @Override
  protected boolean fits(NodeNetwork row, String key, String wanted) {
    Network network = row.getNetwork();
    return switch (key) {
      case "name" -> network.getName().contains(wanted);
      case "id" -> network.getId().startsWith(wanted);
      case "driver" -> network.getDriver().equals(wanted);
      case "scope" -> network.getScope().equals(wanted);
      case "label" -> Filters.hasLabel(network.getLabelsMap(), wanted);
      case "type" -> wanted.equals(network.getBuiltin() ? "builtin" : "custom");
      case "dangling" ->
          Filters.isWanted(network.getUsersCount() == 0 && !network.getBuiltin(), wanted);
      default -> row.getNode().equals(wanted);
    };
  }

  @Override
  protected void print(Cluster cluster, OutputOptions output, List<NodeNetwork> rows) {
    output.print(
        terminal(),
        rows,
        NodeNetwork.getDefaultInstance(),
        new OutputOptions.Identity<>() {
          @Override
          public String id(NodeNetwork row) {
            return row.getNetwork().getId();
          }

          @Override
          public String name(NodeNetwork row) {
            return NetworkLsCommand.this.name(row);
          }
        },
        wide -> table(cluster, output, rows, wide));
  }

  private static Table table(
      Cluster cluster, OutputOptions output, List<NodeNetwork> rows, boolean wide) {
    List<String> headers =
        new ArrayList<>(List.of("NETWORK ID", "NAME", "NODE", "DRIVER", "SCOPE", "USED BY"));
    if (wide) {
      headers.add("SUBNETS");
    }
    Table table = new Table(headers);
    for (NodeNetwork row : rows) {
      Network network = row.getNetwork();
      List<String> cells =
          new ArrayList<>(
              List.of(
                  output.id(network.getId()),
                  network.getName(),
                  row.getNode(),
                  network.getDriver(),
                  network.getScope(),
                  ContainerUsers.words(
                      network.getUsersList(),
                      network.getWorkloadsList(),
                      cluster.namespace(),
                      wide)));
      if (wide) {
        cells.add(
            network.getSubnetsList().stream()
                .map(NetworkSubnet::getSubnet)
                .collect(Collectors.joining(",")));
      }
      table.row(cells);
    }
    return table;
  }
}
