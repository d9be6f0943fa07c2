package dev.berth.agent.fence;

import java.time.Duration;

/// An object of a runtime that must not outlive the contact with the controllers.
///
/// @param instanceId the instance
/// @param runtimeId the runtime's own id of the object; never used again for another
/// @param grace how long after the deadline it may still run
public record FenceTarget(String instanceId, String runtimeId, Duration grace) {}
