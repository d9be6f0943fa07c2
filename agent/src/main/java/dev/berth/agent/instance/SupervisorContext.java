package dev.berth.agent.instance;

import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.Fence;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// What supervisors of one driver share.
///
/// @param driver does the work
/// @param gate bounds the starts
/// @param clock the time
/// @param random for the jitter of retries; safe for use by several threads
/// @param metrics takes the time of each call
/// @param listener is told what becomes of the instances
/// @param fence keeps those with the lost policy FENCE from running without contact
public record SupervisorContext(
    RuntimeDriver driver,
    StartGate gate,
    AgentClock clock,
    RandomGenerator random,
    AgentMetrics metrics,
    InstanceListener listener,
    Fence fence) {
  /// How long the preparation of an instance is repeated before it counts as failed, so that the
  /// slot is tried elsewhere.
  static final Duration PREPARE_LIMIT = Duration.ofMinutes(5);
}
