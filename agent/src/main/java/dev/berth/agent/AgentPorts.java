package dev.berth.agent;

import dev.berth.agent.journal.InstanceJournal;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.Threads;
import dev.berth.v1.InstanceStatus;
import java.util.random.RandomGenerator;

/// What the loop works with.
///
/// @param journal remembers what is assigned
/// @param reports takes statuses for the controller
/// @param threads runs supervisors
/// @param clock the time
/// @param random for the jitter of retries; safe for use by several threads
/// @param metrics takes measurements
/// @param listed is run when a runtime was listed for the first time
record AgentPorts(
    InstanceJournal journal,
    Reports reports,
    Threads threads,
    AgentClock clock,
    RandomGenerator random,
    AgentMetrics metrics,
    Runnable listed) {

  /// Takes what the controller is to know.
  interface Reports {
    /// The latest status of an instance.
    void report(String instanceId, InstanceStatus status);

    /// The controller need not hear of this instance any more.
    void forget(String instanceId);
  }
}
