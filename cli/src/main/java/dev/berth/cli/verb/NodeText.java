package dev.berth.cli.verb;

import dev.berth.cli.term.Ages;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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

  static String availability(Node node) {
    return node.getAvailability() == NodeAvailability.NODE_AVAILABILITY_CORDONED
        ? "CORDONED"
        : "ACTIVE";
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

  /// All of a node, with the layers of its host from the hardware up.
  static String whole(Node node, Instant now) {
    StringBuilder out = new StringBuilder();
    line(out, "Name", node.getName());
    line(out, "Uid", node.getUid());
    String why = node.getMessage().isEmpty() ? "" : " (" + node.getMessage() + ")";
    line(out, "State", state(node.getState()) + why);
    line(out, "Availability", availability(node));
    line(out, "Labels", labels(node));
    line(out, "Address", node.getDescription().getAddress());
    line(out, "Joined", Ages.since(node.getCreateTime(), now) + " ago");
    line(out, "Heard", Ages.since(node.getLastHeardTime(), now) + " ago");
    line(out, "Agent", node.getDescription().getAgentVersion());
    line(out, "CPU", cpu(node));
    line(out, "Memory", memory(node));
    line(out, "Instances", Integer.toString(node.getInstances()));
    for (DriverDescription driver : node.getDescription().getDriversList()) {
      String problem = driver.getMessage().isEmpty() ? "" : ": " + driver.getMessage();
      line(out, "Driver", driver(driver) + problem);
    }
    out.append("Layers, from the bottom up:\n");
    List<Layer> layers =
        node.getDescription().getLayersList().stream()
            .sorted(Comparator.comparingInt(Layer::getKindValue))
            .toList();
    for (Layer layer : layers) {
      layer(out, layer);
    }
    return out.toString();
  }

  private static void layer(StringBuilder out, Layer layer) {
    String version = layer.getVersion().isEmpty() ? "" : " " + layer.getVersion();
    line(out, "  " + kind(layer.getKind()), layer.getName() + version);
    for (Map.Entry<String, String> attribute : new TreeMap<>(layer.getAttributesMap()).entrySet()) {
      line(out, "    " + attribute.getKey(), value(attribute));
    }
  }

  private static String value(Map.Entry<String, String> attribute) {
    String value = attribute.getValue();
    boolean bytes = attribute.getKey().endsWith("_bytes") && value.matches("[0-9]{1,18}");
    return bytes ? value + " (" + Quantity.roundedMemory(Long.parseLong(value)) + ")" : value;
  }

  private static String kind(LayerKind kind) {
    return kind == LayerKind.LAYER_KIND_UNSPECIFIED || kind == LayerKind.UNRECOGNIZED
        ? "other"
        : kind.name().substring("LAYER_KIND_".length()).toLowerCase(Locale.ROOT).replace('_', ' ');
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
