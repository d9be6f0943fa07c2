package dev.berth.agent.doctor;

import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.forwarding.FilterState;
import dev.berth.agent.forwarding.NetworkView;
import java.util.List;
import java.util.stream.Collectors;

/// Whether packet filters let the packets of machines through: Docker has everything dropped that
/// it does not know.
final class ForwardingCheck implements Check {
  static final String NAME = "forwarding";

  @Override
  public List<Finding> of(Observations seen) {
    return List.of(finding(seen.network()));
  }

  private static Finding finding(NetworkView network) {
    if (network.filters().isEmpty()) {
      return Finding.skipped(NAME, "there is no iptables on this host");
    }
    List<FilterState.Seen> tables =
        network.filters().stream()
            .filter(FilterState.Seen.class::isInstance)
            .map(FilterState.Seen.class::cast)
            .toList();
    if (tables.isEmpty()) {
      return Finding.skipped(NAME, "no rules can be seen: " + reasons(network));
    }
    return switch (network.bridges()) {
      case NetworkView.Bridges.Unknown(String reason) ->
          Finding.skipped(NAME, "the bridges of machines are not known: " + reason);
      case NetworkView.Bridges.Known(List<MachineBridge> bridges) ->
          bridges.isEmpty()
              ? Finding.ok(NAME, "no machine uses a bridge; " + policies(tables))
              : passages(network, bridges, tables);
    };
  }

  private static Finding passages(
      NetworkView network, List<MachineBridge> bridges, List<FilterState.Seen> tables) {
    List<NetworkView.Closed> closed = network.closed();
    String names = bridges.stream().map(MachineBridge::name).collect(Collectors.joining(", "));
    if (closed.isEmpty()) {
      return Finding.ok(NAME, "packets of " + names + " get through; " + policies(tables));
    }
    String what =
        closed.stream()
            .map(each -> each.program().name() + " drops " + String.join(" and ", each.passages()))
            .collect(Collectors.joining("; "));
    String commands =
        closed.stream()
            .flatMap(each -> each.commands().stream())
            .collect(Collectors.joining(" && "));
    return Finding.problem(NAME, what + "; " + policies(tables), commands).byAgent();
  }

  private static String policies(List<FilterState.Seen> tables) {
    return tables.stream()
        .map(
            each ->
                "%s: FORWARD %s%s"
                    .formatted(
                        each.program().name(),
                        each.table().policies().getOrDefault("FORWARD", "ACCEPT"),
                        each.table().isDockers() ? " with Docker's chains" : ""))
        .collect(Collectors.joining(", "));
  }

  private static String reasons(NetworkView network) {
    return network.filters().stream()
        .map(
            state ->
                switch (state) {
                  case FilterState.Hidden(var program, String reason) ->
                      program.name() + ": " + reason;
                  case FilterState.Unused(var program) -> program.name() + " is not in use";
                  case FilterState.Seen(var program, _) -> program.name();
                })
        .collect(Collectors.joining(", "));
  }
}
