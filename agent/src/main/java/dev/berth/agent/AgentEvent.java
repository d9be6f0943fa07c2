package dev.berth.agent;

import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import java.util.List;

/// What the agent's loop is told.
sealed interface AgentEvent {
  /// All that this node should run.
  record SetArrived(AssignmentSet set, long arrivedNanos) implements AgentEvent {}

  /// A change to it.
  record ChangeArrived(AssignmentChange change, long arrivedNanos) implements AgentEvent {}

  /// Something happened in a runtime.
  record RuntimeNews(RuntimeDriver driver, Observation news) implements AgentEvent {}

  /// A runtime was listed completely.
  record Listed(RuntimeDriver driver, List<Observation> all) implements AgentEvent {}

  /// Contact with the controllers has become too old for instances with the lost policy FENCE.
  record FenceClosed() implements AgentEvent {}

  /// Nothing is left of an instance.
  record Vanished(String instanceId) implements AgentEvent {}
}
