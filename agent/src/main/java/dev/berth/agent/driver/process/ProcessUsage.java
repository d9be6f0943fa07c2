package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.RuntimeHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Measures one instance by its cgroup. What it sends and receives is not told from what the rest
/// of the node does.
final class ProcessUsage {
  private ProcessUsage() {}

  static Optional<InstanceUsage> of(RuntimeHandle handle, CgroupGround ground) {
    CgroupCounters counters = ground.of(handle.instanceId()).counters();
    OptionalLong cpu = counters.cpuNanos();
    OptionalLong memory = counters.memoryBytes();
    return cpu.isEmpty() && memory.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new InstanceUsage(
                handle.instanceId(),
                cpu,
                InstanceUsage.Memory.of(memory, counters.memoryLimitBytes()),
                InstanceUsage.Traffic.UNKNOWN,
                counters.disk(),
                counters.pids(),
                Duration.ZERO));
  }
}
