package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.SnapshotCapable;

/// Where the snapshots of this node's instances are.
public interface SnapshotAccess {
  /// An instance that can have snapshots.
  ///
  /// @param driver asked about them
  /// @param handle names the instance to it
  record Subject(SnapshotCapable driver, RuntimeHandle handle) {}

  /// Finds an instance.
  ///
  /// @throws DriverException when nothing was made of it yet, or its driver has no snapshots
  /// @throws LogAccess.UnknownInstanceException when this node has no such instance
  Subject ofSnapshots(String instanceId) throws DriverException, LogAccess.UnknownInstanceException;
}
