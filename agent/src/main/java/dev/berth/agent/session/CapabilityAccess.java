package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RuntimeHandle;

/// What the drivers of this node's instances can do besides running them.
public interface CapabilityAccess {
  /// An instance whose driver has a capability.
  ///
  /// @param <C> the capability
  /// @param driver has it
  /// @param handle names the instance to it
  record Subject<C>(C driver, RuntimeHandle handle) {}

  /// Finds an instance.
  ///
  /// @param capability the interface that its driver must implement
  /// @param missing for people: what a driver without it cannot do, "takes no snapshots"
  /// @throws DriverException when nothing was made of it yet, or its driver cannot do it
  /// @throws LogAccess.UnknownInstanceException when this node has no such instance
  <C> Subject<C> subject(String instanceId, Class<C> capability, String missing)
      throws DriverException, LogAccess.UnknownInstanceException;
}
