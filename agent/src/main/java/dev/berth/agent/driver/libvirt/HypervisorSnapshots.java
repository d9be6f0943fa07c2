package dev.berth.agent.driver.libvirt;

import dev.berth.v1.VmSnapshot;
import java.util.List;
import java.util.UUID;

/// The snapshots of machines, as their hypervisor keeps them. Calls are like those of [Hypervisor],
/// but take 10 min at most where memory is written or read; one that finds no such machine fails.
interface HypervisorSnapshots extends AutoCloseable {
  /// What snapshots of a machine could be kept in. Never cached.
  SnapshotGround ground(UUID machine) throws HypervisorException;

  /// All of a machine's, the oldest first.
  List<VmSnapshot> list(UUID machine) throws HypervisorException;

  /// Takes one, with memory when the machine runs.
  void create(UUID machine, String name) throws HypervisorException;

  /// Puts a machine that is on back to a snapshot; it runs afterwards.
  ///
  /// @param paused or stands still
  void revertActive(UUID machine, String name, boolean paused) throws HypervisorException;

  /// Puts a machine that is off back to a snapshot without memory; it is off afterwards.
  void revertOff(UUID machine, String name) throws HypervisorException;

  /// Removes one; others stay.
  void delete(UUID machine, String name) throws HypervisorException;

  @Override
  void close();
}
