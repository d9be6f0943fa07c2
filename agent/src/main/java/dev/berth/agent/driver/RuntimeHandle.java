package dev.berth.agent.driver;

/// Names one object of a runtime.
///
/// @param driver name of the driver
/// @param instanceId id of the instance that it was made for
/// @param runtimeId the runtime's own identity: a container's full id
public record RuntimeHandle(String driver, String instanceId, String runtimeId) {}
