package dev.berth.cli.verb;

import dev.berth.cli.term.Ages;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.spec.Taints;
import dev.berth.v1.Device;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDrain;
import dev.berth.v1.NodeState;
import dev.berth.v1.WithheldDevice;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A node in words.
final class NodeText {
  private static final int NAME_WIDTH = 22;

  private NodeText() {}

  static String state(NodeState state) {
    return state == NodeState.NODE_STATE_UNSPECIFIED || state == NodeState.UNRECOGNIZED
        ? "UNKNOWN"
        : state.name().substring("NODE_STATE_".length());
  }

  /// The state, and that an operator has fenced the node.
  static String fullState(Node node) {
    return state(node.getState()) + (node.hasFenceTime() ? ", fenced" : "");
  }

  static String availability(Node node) {
    return switch (node.getAvailability()) {
      case NODE_AVAILABILITY_CORDONED -> "CORDONED";
      case NODE_AVAILABILITY_DRAINING -> "DRAINING";
      case NODE_AVAILABILITY_ACTIVE, NODE_AVAILABILITY_UNSPECIFIED, UNRECOGNIZED -> "ACTIVE";
    };
  }

  /// The availability, and how far a drain is: `DRAINING, 3 to go`.
  static String fullAvailability(Node node) {
    String left = node.hasDrain() ? ", " + node.getDrain().getRemaining() + " to go" : "";
    return availability(node) + left;
  }

  /// A drain's bounds and what holds it up, in words; empty when there is none.
  static String drain(Node node, Instant now) {
    if (!node.hasDrain()) {
      return "";
    }
    NodeDrain drain = node.getDrain();
    String deadline =
        drain.hasDeadline()
            ? "budgets count for " + Ages.until(drain.getDeadline(), now) + " more"
            : "budgets always count";
    String message = drain.getMessage().isEmpty() ? "" : "; " + drain.getMessage();
    return drain.getRemaining()
        + " to go, at most "
        + drain.getMaxParallel()
        + " at once; "
        + deadline
        + message;
  }

  static String taints(Node node) {
    return node.getTaintsList().stream().map(Taints::format).collect(Collectors.joining(","));
  }

  /// Devices by sort with their number: `gpu 2, render 1`.
  static String devices(Node node) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Device device : node.getDescription().getDevicesList()) {
      counts.merge(device.getName(), 1, Integer::sum);
    }
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  /// Reserved and in all: `300m/2`.
  static String cpu(Node node) {
    return Quantity.formatCpu(node.getAllocated().getCpuMillis())
        + "/"
        + Quantity.formatCpu(node.getDescription().getCapacity().getCpuMillis());
  }

  /// Reserved and in all: `192Mi/4Gi`.
  static String memory(Node node) {
    return Quantity.roundedMemory(node.getAllocated().getMemoryBytes())
        + "/"
        + Quantity.roundedMemory(node.getDescription().getCapacity().getMemoryBytes());
  }

  static String drivers(Node node) {
    return node.getDescription().getDriversList().stream()
        .map(NodeText::driver)
        .collect(Collectors.joining(","));
  }

  static String labels(Node node) {
    return new TreeMap<>(node.getLabelsMap())
        .entrySet().stream().map(Object::toString).collect(Collectors.joining(","));
  }

  /// All of a node, with the layers of its host.
  static String whole(Node node, Instant now) {
    StringBuilder out = new StringBuilder();
    line(out, "Name", node.getName());
    line(out, "Uid", node.getUid());
    String why = node.getMessage().isEmpty() ? "" : " (" + node.getMessage() + ")";
    line(out, "State", state(node.getState()) + why);
    if (node.hasFenceTime()) {
      line(out, "Fenced", Ages.since(node.getFenceTime(), now) + " ago");
    }
    line(out, "Availability", availability(node));
    line(out, "Drain", drain(node, now));
    line(out, "Taints", taints(node));
    line(out, "Labels", labels(node));
    line(out, "Address", node.getDescription().getAddress());
    line(out, "Joined", Ages.since(node.getCreateTime(), now) + " ago");
    line(out, "Heard", Ages.since(node.getLastHeardTime(), now) + " ago");
    line(out, "Agent", node.getDescription().getAgentVersion());
    line(out, "CPU", cpu(node));
    line(out, "Memory", memory(node));
    line(out, "Devices", devices(node));
    for (WithheldDevice device : node.getDescription().getWithheldDevicesList()) {
      line(out, "Withheld", device.getId() + ": " + device.getReason());
    }
    line(out, "Instances", LayerText.instances(node));
    for (DriverDescription driver : node.getDescription().getDriversList()) {
      String problem = driver.getMessage().isEmpty() ? "" : ": " + driver.getMessage();
      line(out, "Driver", driver(driver) + problem);
    }
    return out.append(LayerText.of(node)).toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      String safe = Printable.escape(name);
      out.append(safe).append(':').repeat(' ', Math.max(1, NAME_WIDTH - safe.length()));
      out.append(Printable.escape(value)).append('\n');
    }
  }

  private static String driver(DriverDescription driver) {
    String version = driver.getVersion().isEmpty() ? "" : " " + driver.getVersion();
    return driver.getName() + version + (driver.getAvailable() ? "" : " (away)");
  }
}
