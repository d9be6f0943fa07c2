package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.NodeUsage.HostPort;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortSpec;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Gives each port of a spec a port of the node that nothing else holds.
final class PortAllocator {
  private PortAllocator() {}

  static boolean hasRoom(Candidate candidate, WorkloadSpec spec, int dynamic) {
    int free = 0;
    Set<HostPort> own = fixed(spec);
    for (int port = candidate.dynamicPortFirst(); port <= candidate.dynamicPortLast(); port++) {
      if (isFree(candidate, own, port) && ++free >= dynamic) {
        return true;
      }
    }
    return false;
  }

  /// Starts at a random place, so that a port just given back is not given out again at once.
  static List<PortBinding> allocate(
      Candidate candidate, WorkloadSpec spec, RandomGenerator random) {
    if (spec.getPortsCount() == 0) {
      return List.of();
    }
    List<PortBinding> bindings = new ArrayList<>();
    Set<HostPort> taken = fixed(spec);
    int first = candidate.dynamicPortFirst();
    int count = candidate.dynamicPortLast() - first + 1;
    for (PortSpec port : spec.getPortsList()) {
      int chosen = port.getPublish();
      if (chosen == 0) {
        int offset = random.nextInt(count);
        while (!isFree(candidate, taken, first + offset)) {
          offset = (offset + 1) % count;
        }
        chosen = first + offset;
        taken.add(new HostPort(port.getProtocol(), chosen));
      }
      bindings.add(
          PortBinding.newBuilder()
              .setName(WorkloadDefaults.portName(port))
              .setTarget(port.getTarget())
              .setHostPort(chosen)
              .setProtocol(port.getProtocol())
              .setHostAddress(port.getHostAddress())
              .build());
    }
    return bindings;
  }

  private static Set<HostPort> fixed(WorkloadSpec spec) {
    Set<HostPort> ports = new HashSet<>();
    for (PortSpec port : spec.getPortsList()) {
      if (port.getPublish() != 0) {
        ports.add(new HostPort(port.getProtocol(), port.getPublish()));
      }
    }
    return ports;
  }

  // Free for both protocols: people expect one number to mean one thing.
  private static boolean isFree(Candidate candidate, Set<HostPort> taken, int port) {
    for (HostPort held : HostPort.bothOf(port)) {
      if (taken.contains(held) || candidate.holds(held)) {
        return false;
      }
    }
    return true;
  }
}
