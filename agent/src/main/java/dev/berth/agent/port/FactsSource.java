package dev.berth.agent.port;

import dev.berth.agent.driver.DriverReport;
import dev.berth.v1.NodeDescription;
import java.util.List;

/// Says what the host is and has.
public interface FactsSource {
  /// The host now, with the given runtimes. Cheap enough to be asked every few seconds.
  ///
  /// @param drivers what each driver said of its runtime just now
  NodeDescription describe(List<DriverReport> drivers);
}
