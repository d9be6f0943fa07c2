package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeUsage.HostPort;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.PortSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What is kept on a node for instances that wait until others have left, so that nobody else takes
/// it in the meantime.
///
/// @param devices how many, by sort
/// @param ports those that the instances ask for by number
record Kept(long cpuMillis, long memoryBytes, Map<String, Integer> devices, Set<HostPort> ports) {
  static final Kept NOTHING = new Kept(0, 0, Map.of(), Set.of());

  /// What is kept for an instance that waits.
  static Kept of(ClusterState state, InstanceRecord waiting) {
    Map<String, Integer> devices = new HashMap<>();
    for (DeviceCount each : waiting.reserved().getDevicesList()) {
      devices.merge(each.getName(), each.getCount(), Integer::sum);
    }
    Set<HostPort> ports = new HashSet<>();
    WorkloadRecord workload = state.workload(waiting.workload());
    if (workload != null) {
      for (PortSpec port : workload.message().getSpec().getPortsList()) {
        if (port.getPublish() != 0) {
          ports.add(new HostPort(port.getProtocol(), port.getPublish()));
        }
      }
    }
    return new Kept(
        waiting.reserved().getCpuMillis(), waiting.reserved().getMemoryBytes(), devices, ports);
  }

  /// What is kept on a node.
  static Kept on(String node, ClusterState state) {
    Kept all = NOTHING;
    for (Map.Entry<String, String> nomination : state.nominations().entrySet()) {
      InstanceRecord waiting = state.instance(nomination.getKey());
      if (waiting != null && nomination.getValue().equals(node)) {
        all = all.plus(of(state, waiting));
      }
    }
    return all;
  }

  private Kept plus(Kept other) {
    Map<String, Integer> sums = new HashMap<>(devices);
    other.devices.forEach((name, count) -> sums.merge(name, count, Integer::sum));
    Set<HostPort> all = new HashSet<>(ports);
    all.addAll(other.ports);
    return new Kept(cpuMillis + other.cpuMillis, memoryBytes + other.memoryBytes, sums, all);
  }

  int devices(String name) {
    return devices.getOrDefault(name, 0);
  }
}
