package dev.berth.cli.compare;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Quantity;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.Kind;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.ListNodesRequest;
import dev.berth.v1.Node;
import dev.berth.v1.NodeState;
import dev.berth.v1.Resources;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The node on which is compared.
final class Host {
  private Host() {}

  /// The node of this name; without a name the only one.
  ///
  /// @throws FailureException when there are several, or none
  static Node find(Cluster cluster, String name) {
    if (!name.isEmpty()) {
      return cluster.nodes().getNode(GetNodeRequest.newBuilder().setName(name).build());
    }
    List<Node> all =
        cluster.nodes().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList();
    List<Node> ready =
        all.stream().filter(each -> each.getState() == NodeState.NODE_STATE_READY).toList();
    if (ready.size() == 1) {
      return ready.getFirst();
    }
    throw FailureException.usage(
        ready.isEmpty()
            ? "no node is ready; see `berth node ls`"
            : "there are several nodes; say which with --node: "
                + ready.stream().map(Node::getName).limit(5).collect(Collectors.joining(", ")));
  }

  /// Nothing measured yet, or why it need not be tried.
  static Outcome start(Node node, Kind kind) {
    List<DriverDescription> drivers = drivers(node, kind).toList();
    if (drivers.stream().anyMatch(DriverDescription::getAvailable)) {
      return new Outcome.Measured(List.of());
    }
    return new Outcome.LeftOut(
        drivers.stream()
            .findFirst()
            .map(each -> each.getName() + " is not available: " + each.getMessage())
            .orElse("node " + node.getName() + " has nothing that runs it"));
  }

  static boolean isAccelerated(Node node) {
    return drivers(node, Kind.KIND_VM)
        .findFirst()
        .filter(each -> each.getCapabilitiesList().contains("kvm"))
        .isPresent();
  }

  private static Stream<DriverDescription> drivers(Node node, Kind kind) {
    return node.getDescription().getDriversList().stream().filter(each -> each.getKind() == kind);
  }

  /// What it is, in a line.
  static String describe(Node node) {
    Resources capacity = node.getDescription().getCapacity();
    String size =
        Quantity.formatCpu(capacity.getCpuMillis())
            + " CPUs, "
            + Quantity.roundedMemory(capacity.getMemoryBytes());
    return Stream.of(
            layer(node, LayerKind.LAYER_KIND_HARDWARE).map(Layer::getName),
            Optional.of(size),
            layer(node, LayerKind.LAYER_KIND_KERNEL)
                .map(each -> each.getName() + " " + each.getVersion()))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(", "));
  }

  private static Optional<Layer> layer(Node node, LayerKind kind) {
    return node.getDescription().getLayersList().stream()
        .filter(each -> each.getKind() == kind)
        .findFirst();
  }
}
