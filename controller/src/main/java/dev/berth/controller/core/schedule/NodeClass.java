package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.spec.placement.Attribute;
import dev.berth.spec.placement.NodeAttributes;
import dev.berth.v1.Device;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Taint;
import dev.berth.v1.WithheldDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Nodes that no rule can tell apart but by name and by room: rules are asked once for all of them.
/// Attributes count only as far as some workload asks for them, so that labels which nobody uses do
/// not make each node a class of its own.
final class NodeClass implements NodeAttributes {
  private final Key key;
  private final LoadTree nodes = new LoadTree();

  /// What its nodes have in common.
  ///
  /// @param asked the attributes that workloads ask for, in order
  /// @param values the values of those
  /// @param devices sorts of devices that the node has
  /// @param withheld why other sorts cannot be given
  record Key(
      Standing standing,
      List<Driver> drivers,
      List<Taint> taints,
      List<String> devices,
      SortedMap<String, String> withheld,
      List<Attribute> asked,
      List<String> values) {
    static Key of(NodeRecord node, List<Attribute> asked) {
      NodeDescription description = node.message().getDescription();
      List<Driver> drivers = new ArrayList<>(description.getDriversCount());
      for (DriverDescription driver : description.getDriversList()) {
        drivers.add(
            new Driver(
                driver.getKind(),
                driver.getAvailable(),
                driver.getName(),
                driver.getMessage(),
                driver.getCapabilitiesList().stream().sorted().toList()));
      }
      SortedSet<String> devices = new TreeSet<>();
      for (Device device : description.getDevicesList()) {
        devices.add(device.getName());
      }
      SortedMap<String, String> withheld = new TreeMap<>();
      for (WithheldDevice device : description.getWithheldDevicesList()) {
        withheld.put(device.getName(), device.getReason());
      }
      List<String> values = new ArrayList<>(asked.size());
      for (Attribute attribute : asked) {
        values.add(valueOf(node, attribute));
      }
      return new Key(
          Standing.of(node),
          drivers,
          node.message().getTaintsList(),
          List.copyOf(devices),
          withheld,
          asked,
          values);
    }
  }

  /// A runtime that a node has, or should have.
  ///
  /// @param capabilities in order
  record Driver(
      Kind kind, boolean available, String name, String message, List<String> capabilities) {
    /// Whether it runs a kind, and is the one that was chosen.
    ///
    /// @param chosen its name; empty: none was chosen
    boolean isFor(Kind wanted, String chosen) {
      return kind == wanted && (chosen.isEmpty() || chosen.equals(name));
    }
  }

  NodeClass(Key key) {
    this.key = key;
  }

  Key key() {
    return key;
  }

  /// Its nodes in order of load.
  LoadTree nodes() {
    return nodes;
  }

  @Override
  public String value(Attribute attribute) {
    int index = key.asked().indexOf(attribute);
    return index < 0 ? "" : key.values().get(index);
  }

  /// What a node has as an attribute.
  static String valueOf(NodeRecord node, Attribute attribute) {
    NodeDescription description = node.message().getDescription();
    return switch (attribute.fact()) {
      case NAME -> node.name();
      case ARCH -> description.getArchitecture();
      case OS -> description.getOperatingSystem();
      case AGENT_VERSION -> description.getAgentVersion();
      case KERNEL -> kernel(description);
      case CPU_MILLIS -> Long.toString(description.getCapacity().getCpuMillis());
      case MEMORY_BYTES -> Long.toString(description.getCapacity().getMemoryBytes());
      case LABEL -> node.message().getLabelsOrDefault(attribute.key(), "");
    };
  }

  private static String kernel(NodeDescription description) {
    for (Layer layer : description.getLayersList()) {
      if (layer.getKind() == LayerKind.LAYER_KIND_KERNEL) {
        return layer.getVersion();
      }
    }
    return "";
  }
}
