package dev.berth.agent.session;

import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import java.util.Optional;

/// A node without output.
final class NoLogs implements LogAccess {
  @Override
  public Optional<LogReader> open(String instanceId, LogQuery query) {
    return Optional.empty();
  }

  @Override
  public boolean mayWrite(String instanceId) {
    return false;
  }

  @Override
  public boolean runs(String instanceId) {
    return false;
  }
}
