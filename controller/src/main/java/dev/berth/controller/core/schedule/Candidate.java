package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeUsage;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Resources;

/// A node that might get an instance, with what is reserved there now.
public record Candidate(NodeRecord node, NodeUsage usage) {
  private static final int DYNAMIC_PORT_FIRST = 20_000;
  private static final int DYNAMIC_PORT_LAST = 32_000;

  NodeDescription description() {
    return node.message().getDescription();
  }

  Resources capacity() {
    return description().getCapacity();
  }

  long freeCpuMillis() {
    return Math.max(0, capacity().getCpuMillis() - usage.cpuMillis());
  }

  long freeMemoryBytes() {
    return Math.max(0, capacity().getMemoryBytes() - usage.memoryBytes());
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
