package dev.berth.agent.driver;

import java.util.OptionalLong;

/// What one instance has used. A counter that the runtime does not keep is empty.
///
/// @param instanceId id of the instance
/// @param cpuNanos CPU time since its start
/// @param memoryBytes memory in use now, without what the kernel can give back
/// @param networkReceiveBytes received since its start
/// @param networkTransmitBytes sent since its start
public record InstanceUsage(
    String instanceId,
    OptionalLong cpuNanos,
    OptionalLong memoryBytes,
    OptionalLong networkReceiveBytes,
    OptionalLong networkTransmitBytes) {}
