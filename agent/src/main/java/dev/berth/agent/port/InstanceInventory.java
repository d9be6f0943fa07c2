package dev.berth.agent.port;

import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import java.util.List;
import java.util.Optional;

/// What the agent holds, for metrics. Safe for use by any thread; never waits.
public interface InstanceInventory {
  /// Every instance that the agent knows of.
  List<Entry> instances();

  /// Whose replica an instance is.
  ///
  /// @param namespace namespace of the workload
  /// @param workload name of the workload
  /// @param index index of the slot, from 1
  record Slot(String namespace, String workload, int index) {}

  /// One instance.
  ///
  /// @param instanceId id of the instance
  /// @param replica whose replica it is
  /// @param kind what it is
  /// @param state as last reported
  /// @param running what to measure; empty when no program of it runs
  /// @param restarts how often the agent started it again
  record Entry(
      String instanceId,
      Slot replica,
      Kind kind,
      InstanceState state,
      Optional<RuntimeHandle> running,
      int restarts) {
    /// Namespace of the workload.
    public String namespace() {
      return replica.namespace();
    }

    /// Name of the workload.
    public String workload() {
      return replica.workload();
    }

    /// Index of the slot, from 1.
    public int slot() {
      return replica.index();
    }
  }
}
