package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeUsage;
import dev.berth.controller.core.model.NodeUsage.HostPort;
import dev.berth.v1.Device;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.PortBinding;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A node that is considered for a workload, with what is left there while the workload's slots are
/// placed one after another. Lives as long as the search.
final class Candidate {
  private static final int DYNAMIC_PORT_FIRST = 20_000;
  private static final int DYNAMIC_PORT_LAST = 32_000;
  // About what an instance adds to its node's value in the store.
  private static final int STORED_INSTANCE_BYTES = 600;

  private final FleetNode node;
  private Kept released = Kept.NOTHING;
  private final Set<HostPort> ports = new HashSet<>(0);
  private final Set<String> devices = new HashSet<>(0);
  private long freeCpuMillis;
  private long freeMemoryBytes;
  private double load;
  private int placed;
  private int siblings;
  private int preference;

  Candidate(FleetNode node, int siblings) {
    this.node = node;
    this.freeCpuMillis = node.freeCpuMillis();
    this.freeMemoryBytes = node.freeMemoryBytes();
    this.load = node.load();
    this.siblings = siblings;
  }

  FleetNode node() {
    return node;
  }

  NodeDescription description() {
    return node.record().message().getDescription();
  }

  long freeCpuMillis() {
    return freeCpuMillis;
  }

  long freeMemoryBytes() {
    return freeMemoryBytes;
  }

  double load() {
    return load;
  }

  /// How many instances were placed here by this search.
  int placed() {
    return placed;
  }

  /// How many instances of the workload are there; counted only where it matters.
  int siblings() {
    return siblings;
  }

  /// How much the node is wished for.
  int preference() {
    return preference;
  }

  void preference(int changed) {
    preference = changed;
  }

  int storedBytes() {
    return node.usage().storedBytes() + placed * STORED_INSTANCE_BYTES;
  }

  boolean holds(HostPort port) {
    return ports.contains(port)
        || node.usage().ports().containsKey(port)
        || (node.kept().ports().contains(port) && !released.ports().contains(port));
  }

  int freeDevices(String name) {
    int free = released.devices(name) - node.kept().devices(name);
    for (Device device : description().getDevicesList()) {
      free += device.getName().equals(name) && !holds(device) ? 1 : 0;
    }
    return free;
  }

  boolean holds(Device device) {
    String key = NodeUsage.key(device);
    return devices.contains(key) || node.usage().devices().containsKey(key);
  }

  /// Whether nothing else holds the ports and devices that an ended instance had here.
  boolean isFreeOf(InstanceRecord ended) {
    return ended.message().getPortsList().stream().map(HostPort::of).noneMatch(this::holds)
        && ended.message().getDevicesList().stream().noneMatch(this::holds);
  }

  /// What was kept for an instance of the workload can be taken by it; instead of what was released
  /// before.
  void release(Kept own) {
    freeCpuMillis += own.cpuMillis() - released.cpuMillis();
    freeMemoryBytes += own.memoryBytes() - released.memoryBytes();
    released = own;
  }

  Kept released() {
    return released;
  }

  /// One more instance of the workload goes here.
  void take(PlacementRequest request, List<PortBinding> bindings, List<Device> given) {
    freeCpuMillis -= request.cpuMillis();
    freeMemoryBytes -= request.memoryBytes();
    placed++;
    siblings++;
    bindings.forEach(binding -> ports.add(HostPort.of(binding)));
    given.forEach(device -> devices.add(NodeUsage.key(device)));
    load =
        FleetNode.load(
            description().getCapacity(),
            node.usage().cpuMillis() + placed * request.cpuMillis(),
            node.usage().memoryBytes() + placed * request.memoryBytes());
  }

  int dynamicPortFirst() {
    return hasRange() ? description().getDynamicPortFirst() : DYNAMIC_PORT_FIRST;
  }

  int dynamicPortLast() {
    return hasRange() ? description().getDynamicPortLast() : DYNAMIC_PORT_LAST;
  }

  private boolean hasRange() {
    int first = description().getDynamicPortFirst();
    int last = description().getDynamicPortLast();
    return first >= 1 && last >= first && last <= 65_535;
  }
}
