package dev.berth.agent.instance;

import dev.berth.agent.port.AgentMetrics;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Kind;
import java.time.Duration;

/// Forgets all measurements.
final class NoMetrics implements AgentMetrics {
  @Override
  public void driverCall(String driver, String verb, Outcome outcome, long nanos) {}

  @Override
  public void dispatch(long nanos) {}

  @Override
  public void bootPhase(Kind kind, BootPhaseKind phase, Duration since) {}

  @Override
  public void session(boolean open) {}
}
