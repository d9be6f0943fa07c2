package dev.berth.agent.driver.process;

import dev.berth.v1.WorkloadSpec;

/// What the kernel is to hold a whole instance to; 0: nothing.
///
/// @param cpuMillis thousandths of a CPU
/// @param memoryBytes memory
/// @param processes processes and threads at a time
record CgroupLimits(long cpuMillis, long memoryBytes, long processes) {
  static CgroupLimits of(WorkloadSpec spec) {
    return new CgroupLimits(
        spec.getResources().getCpuMillis(),
        spec.getResources().getMemoryBytes(),
        Integer.toUnsignedLong(spec.getProcess().getMaxProcesses()));
  }
}
