package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.InstanceUsage.Memory;
import dev.berth.agent.driver.InstanceUsage.Traffic;
import java.util.OptionalLong;

/// What a running machine uses, as far as its hypervisor says.
///
/// @param cpuNanos processor time since its start
/// @param memory of the node, and inside
/// @param disk read from all of its disks and written to them
record MachineUsage(OptionalLong cpuNanos, Memory memory, Traffic disk) {}
