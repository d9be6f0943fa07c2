package dev.berth.controller.core.model;

import dev.berth.v1.Device;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortProtocol;
import java.util.List;
import org.pcollections.TreePMap;

/// What the instances of a node hold there, kept up to date with each change.
///
/// @param cpuMillis reserved by instances that are not final, in thousandths of a CPU
/// @param memoryBytes reserved by instances that are not final
/// @param active number of instances that are not final
/// @param ports host ports held by instances that are not final, with the instance's id
/// @param devices devices held by instances that are not final, by [#key], with the instance's id
/// @param storedBytes about what all instances of the node need in the store
/// @param instances all instances assigned to the node, also final ones, by id
public record NodeUsage(
    long cpuMillis,
    long memoryBytes,
    int active,
    TreePMap<HostPort, String> ports,
    TreePMap<String, String> devices,
    int storedBytes,
    TreePMap<String, InstanceRecord> instances) {
  // What the store needs for an instance beside its ports, and what it may need for how it ends.
  private static final int INSTANCE_BYTES = 90;
  private static final int OUTCOME_BYTES = 450;
  private static final int PORT_BYTES = 40;

  /// A port of a host. Addresses do not matter: a port is exclusive on its node.
  public record HostPort(PortProtocol protocol, int port) implements Comparable<HostPort> {
    /// The host port of a binding.
    public static HostPort of(PortBinding binding) {
      return new HostPort(binding.getProtocol(), binding.getHostPort());
    }

    /// A number as TCP and as UDP port.
    public static List<HostPort> bothOf(int port) {
      return List.of(
          new HostPort(PortProtocol.PORT_PROTOCOL_TCP, port),
          new HostPort(PortProtocol.PORT_PROTOCOL_UDP, port));
    }

    @Override
    public int compareTo(HostPort other) {
      int byPort = Integer.compare(port, other.port);
      return byPort != 0 ? byPort : protocol.compareTo(other.protocol);
    }
  }

  static final NodeUsage NONE =
      new NodeUsage(0, 0, 0, TreePMap.empty(), TreePMap.empty(), 0, TreePMap.empty());

  /// Names a device of a node.
  public static String key(Device device) {
    return device.getName() + " " + device.getId();
  }

  /// About what an instance needs in the store, also when it has ended.
  private static int storedBytes(InstanceRecord instance) {
    int ports = instance.message().getPortsCount() + instance.message().getDevicesCount();
    return INSTANCE_BYTES + OUTCOME_BYTES + ports * PORT_BYTES;
  }

  /// What there would be without an instance that is there.
  public NodeUsage without(InstanceRecord instance) {
    return minus(instance);
  }

  NodeUsage plus(InstanceRecord instance) {
    int stored = storedBytes + storedBytes(instance);
    TreePMap<String, InstanceRecord> all = instances.plus(instance.id(), instance);
    if (instance.isFinal()) {
      return new NodeUsage(cpuMillis, memoryBytes, active, ports, devices, stored, all);
    }
    TreePMap<HostPort, String> held = ports;
    for (PortBinding binding : instance.message().getPortsList()) {
      held = held.plus(HostPort.of(binding), instance.id());
    }
    TreePMap<String, String> given = devices;
    for (Device device : instance.message().getDevicesList()) {
      given = given.plus(key(device), instance.id());
    }
    return new NodeUsage(
        cpuMillis + instance.reserved().getCpuMillis(),
        memoryBytes + instance.reserved().getMemoryBytes(),
        active + 1,
        held,
        given,
        stored,
        all);
  }

  NodeUsage minus(InstanceRecord instance) {
    int stored = storedBytes - storedBytes(instance);
    TreePMap<String, InstanceRecord> all = instances.minus(instance.id());
    if (instance.isFinal()) {
      return new NodeUsage(cpuMillis, memoryBytes, active, ports, devices, stored, all);
    }
    TreePMap<HostPort, String> held = ports;
    for (PortBinding binding : instance.message().getPortsList()) {
      held = held.minus(HostPort.of(binding));
    }
    TreePMap<String, String> given = devices;
    for (Device device : instance.message().getDevicesList()) {
      given = given.minus(key(device));
    }
    return new NodeUsage(
        cpuMillis - instance.reserved().getCpuMillis(),
        memoryBytes - instance.reserved().getMemoryBytes(),
        active - 1,
        held,
        given,
        stored,
        all);
  }
}
