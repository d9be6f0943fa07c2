package dev.berth.simulation.agent;

import dev.berth.agent.port.AgentMetrics;

/// Measures nothing.
final class NoAgentMetrics implements AgentMetrics {
  @Override
  public void driverCall(String driver, String verb, Outcome outcome, long nanos) {}

  @Override
  public void dispatch(long nanos) {}

  @Override
  public void session(boolean open) {}
}
