package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.NodeUsage.HostPort;
import dev.berth.spec.HostDevice;
import dev.berth.spec.Quantity;
import dev.berth.spec.placement.Expression;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.PortSpec;
import org.jspecify.annotations.Nullable;

/// The rules of the default policy about single nodes.
final class NodeFilters {
  // All instances of a node are one value in the store, which must stay below etcd's 1.5 MiB.
  private static final int STORED_BYTES_MAX = 1_200_000;
  private static final String ASK_FOR_LESS = "ask for less, stop something, or add a node";

  private NodeFilters() {}

  /// It satisfies the expressions that are about its name.
  static @Nullable Rejection require(
      Candidate candidate, PlacementRequest request, PlacementNeeds needs) {
    for (Expression expression : needs.require().ofNode()) {
      if (!expression.test(attribute -> NodeClass.valueOf(candidate.node().record(), attribute))) {
        return ClassFilters.unmet(expression, "");
      }
    }
    return null;
  }

  /// It has not so many instances already that they could not be stored.
  static @Nullable Rejection number(
      Candidate candidate, PlacementRequest request, PlacementNeeds needs) {
    return candidate.storedBytes() < STORED_BYTES_MAX
        ? null
        : Rejection.scarce(
            "too many instances",
            candidate.node().usage().instances().size() + " there",
            "remove instances that have ended, or add a node",
            0);
  }

  /// It has enough CPU left.
  static @Nullable Rejection cpu(
      Candidate candidate, PlacementRequest request, PlacementNeeds needs) {
    long need = request.cpuMillis();
    long free = candidate.freeCpuMillis();
    return need <= free
        ? null
        : Rejection.scarce(
            "CPU",
            "need "
                + Quantity.formatCpu(need)
                + ", at most "
                + Quantity.formatCpu(Math.max(0, free))
                + " free",
            ASK_FOR_LESS,
            free);
  }

  /// It has enough memory left.
  static @Nullable Rejection memory(
      Candidate candidate, PlacementRequest request, PlacementNeeds needs) {
    long need = request.memoryBytes();
    long free = candidate.freeMemoryBytes();
    return need <= free
        ? null
        : Rejection.scarce(
            "memory",
            "need "
                + Quantity.roundedMemory(need)
                + ", at most "
                + Quantity.roundedMemory(Math.max(0, free))
                + " free",
            ASK_FOR_LESS,
            free);
  }

  /// It has enough devices left.
  static @Nullable Rejection devices(
      Candidate candidate, PlacementRequest request, PlacementNeeds needs) {
    for (DeviceCount wanted : request.devices()) {
      int free = candidate.freeDevices(wanted.getName());
      if (free < wanted.getCount()) {
        if (HostDevice.ofSort(wanted.getName()).isPresent()) {
          return Rejection.scarce(
              "host device " + HostDevice.ofSort(wanted.getName()).get() + " in use",
              "",
              "stop what has it, or ask for another one",
              0);
        }
        return Rejection.scarce(
            "device " + wanted.getName(),
            "need " + wanted.getCount() + ", at most " + Math.max(0, free) + " free",
            ASK_FOR_LESS,
            free);
      }
    }
    return null;
  }

  /// It has the host ports left.
  static @Nullable Rejection ports(
      Candidate candidate, PlacementRequest request, PlacementNeeds needs) {
    if (request.spec().getPortsCount() == 0) {
      return null;
    }
    for (PortSpec port : request.spec().getPortsList()) {
      if (port.getPublish() != 0
          && candidate.holds(new HostPort(port.getProtocol(), port.getPublish()))) {
        return Rejection.scarce(
            "port " + port.getPublish() + " in use",
            "",
            "publish another port, or none to get a free one",
            0);
      }
    }
    int dynamic = request.dynamicPorts();
    return dynamic == 0 || PortAllocator.hasRoom(candidate, request.spec(), dynamic)
        ? null
        : Rejection.scarce(
            "dynamic ports used up", "", "widen the node's range of dynamic ports", 0);
  }
}
