package dev.berth.agent.session;

import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.DriverException;

/// Where the consoles of this node's instances are.
public interface ConsoleAccess {
  /// Attaches to the console of an instance.
  ///
  /// @param force takes it over from whoever is attached
  /// @throws LogAccess.UnknownInstanceException when this node has no such instance, or its driver
  ///     has no consoles
  Console openConsole(String instanceId, boolean force)
      throws DriverException, LogAccess.UnknownInstanceException;
}
