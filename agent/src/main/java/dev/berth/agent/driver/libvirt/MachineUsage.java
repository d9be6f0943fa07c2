package dev.berth.agent.driver.libvirt;

import java.util.OptionalLong;

/// What a running machine uses.
///
/// @param cpuNanos processor time since its start
/// @param memoryBytes memory of the node that it takes; empty where the hypervisor does not say
record MachineUsage(OptionalLong cpuNanos, OptionalLong memoryBytes) {}
