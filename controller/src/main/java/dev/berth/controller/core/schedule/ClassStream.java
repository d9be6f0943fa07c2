package dev.berth.controller.core.schedule;

import org.jspecify.annotations.Nullable;

/// The nodes of a class that have room and have not been considered yet, the best first.
final class ClassStream {
  private final NodeClass nodes;
  private final PlacementRequest request;
  private final boolean emptiestFirst;
  private final int preference;
  private @Nullable FleetNode head;

  /// @param preference how much the nodes are wished for, all alike
  ClassStream(NodeClass nodes, PlacementRequest request, boolean emptiestFirst, int preference) {
    this.nodes = nodes;
    this.request = request;
    this.emptiestFirst = emptiestFirst;
    this.preference = preference;
    this.head = after(null);
  }

  NodeClass nodes() {
    return nodes;
  }

  int preference() {
    return preference;
  }

  /// The best; null when there is none left.
  @Nullable FleetNode head() {
    return head;
  }

  void advance() {
    head = after(head);
  }

  private @Nullable FleetNode after(@Nullable FleetNode last) {
    long cpu = request.cpuMillis();
    long memory = request.memoryBytes();
    return emptiestFirst
        ? nodes.nodes().emptiest(cpu, memory, last)
        : nodes.nodes().fullest(cpu, memory, last);
  }
}
