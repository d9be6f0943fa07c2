package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.NodeUsage.HostPort;
import dev.berth.spec.Quantity;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeState;
import dev.berth.v1.PortSpec;
import org.jspecify.annotations.Nullable;

/// The rules of the default policy.
final class PlacementFilters {
  // All instances of a node are one value in the store, which must stay below etcd's 1.5 MiB.
  private static final int STORED_BYTES_MAX = 1_200_000;

  private PlacementFilters() {}

  /// Has not so many instances already that they could not be stored: about a thousand.
  static @Nullable Rejection number(Candidate candidate, PlacementRequest request) {
    return candidate.usage().storedBytes() < STORED_BYTES_MAX
        ? null
        : Rejection.scarce(
            "too many instances", candidate.usage().instances().size() + " there", 0);
  }

  /// The agent is connected and was heard lately.
  static @Nullable Rejection ready(Candidate candidate, PlacementRequest request) {
    NodeState state = candidate.node().state();
    if (state != NodeState.NODE_STATE_READY) {
      String word =
          state.name().substring("NODE_STATE_".length()).toLowerCase(java.util.Locale.ROOT);
      return Rejection.standing(word, "");
    }
    return candidate.node().isConnected() ? null : Rejection.standing("not connected", "");
  }

  /// No operator keeps new slots away.
  static @Nullable Rejection notCordoned(Candidate candidate, PlacementRequest request) {
    return candidate.node().isCordoned() ? Rejection.standing("cordoned", "") : null;
  }

  /// A driver for the kind of workload can be used there.
  static @Nullable Rejection driver(Candidate candidate, PlacementRequest request) {
    Kind kind = KindOf.spec(request.spec());
    String message = "";
    for (DriverDescription driver : candidate.description().getDriversList()) {
      if (driver.getKind() == kind) {
        if (driver.getAvailable()) {
          return null;
        }
        message = driver.getName() + ": " + driver.getMessage();
      }
    }
    String word = kind.name().substring("KIND_".length()).toLowerCase(java.util.Locale.ROOT);
    return Rejection.standing("without a usable " + word + " driver", message);
  }

  /// Has enough CPU left.
  static @Nullable Rejection cpu(Candidate candidate, PlacementRequest request) {
    long need = request.requested().getCpuMillis();
    long free = candidate.freeCpuMillis();
    return need <= free
        ? null
        : Rejection.scarce(
            "CPU", "need " + Quantity.formatCpu(need) + ", free " + Quantity.formatCpu(free), free);
  }

  /// Has enough memory left.
  static @Nullable Rejection memory(Candidate candidate, PlacementRequest request) {
    long need = request.requested().getMemoryBytes();
    long free = candidate.freeMemoryBytes();
    return need <= free
        ? null
        : Rejection.scarce(
            "memory",
            "need " + Quantity.roundedMemory(need) + ", free " + Quantity.roundedMemory(free),
            free);
  }

  /// Has the host ports left.
  static @Nullable Rejection ports(Candidate candidate, PlacementRequest request) {
    int dynamic = 0;
    for (PortSpec port : request.spec().getPortsList()) {
      if (port.getPublish() == 0) {
        dynamic++;
      } else {
        HostPort wanted = new HostPort(port.getProtocol(), port.getPublish());
        if (candidate.usage().ports().containsKey(wanted)) {
          return Rejection.scarce("port " + port.getPublish() + " in use", "", 0);
        }
      }
    }
    return dynamic == 0 || PortAllocator.hasRoom(candidate, request.spec(), dynamic)
        ? null
        : Rejection.scarce("dynamic ports used up", "", 0);
  }
}
