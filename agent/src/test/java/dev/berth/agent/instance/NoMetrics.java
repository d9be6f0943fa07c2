package dev.berth.agent.instance;

import dev.berth.agent.port.AgentMetrics;

/// Forgets all measurements.
final class NoMetrics implements AgentMetrics {
  @Override
  public void driverCall(String driver, String verb, Outcome outcome, long nanos) {}

  @Override
  public void dispatch(long nanos) {}

  @Override
  public void session(boolean open) {}
}
