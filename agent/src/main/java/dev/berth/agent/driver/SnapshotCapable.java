package dev.berth.agent.driver;

import dev.berth.v1.VmSnapshot;
import java.util.List;

/// A driver whose instances can be put back to what they were. Published as the capability
/// "snapshots", where its runtime has them.
///
/// Whether an instance runs stays as it is, and it remains the same instance. A call takes as long
/// as the instance's memory takes to be written or read, 10 min at most.
///
/// Every call throws a [DriverException] when the runtime cannot be asked, the instance has
/// vanished, or, but for [#snapshots], another call is at work on its snapshots.
public interface SnapshotCapable {
  /// Most snapshots that one instance has.
  int SNAPSHOTS_MAX = 32;

  /// The reason of a failure: there is a snapshot of this name.
  String EXISTS = "SnapshotExists";

  /// The reason of a failure: there is no snapshot of this name.
  String MISSING = "SnapshotMissing";

  /// All of an instance's, the oldest first.
  List<VmSnapshot> snapshots(RuntimeHandle handle) throws DriverException;

  /// Takes one: of memory and disks when the instance runs, of disks alone when it does not.
  ///
  /// @param name a DNS label
  /// @throws DriverException with the reason [#EXISTS], or another one when the instance cannot
  ///     have (more) snapshots
  VmSnapshot createSnapshot(RuntimeHandle handle, String name) throws DriverException;

  /// Puts an instance back. One that runs goes on from the snapshot's memory, or starts anew when
  /// the snapshot has none; one that does not run gets its disks.
  ///
  /// @throws DriverException with the reason [#MISSING]
  VmSnapshot revertSnapshot(RuntimeHandle handle, String name) throws DriverException;

  /// Removes one; others stay.
  ///
  /// @return as it was
  /// @throws DriverException with the reason [#MISSING]
  VmSnapshot removeSnapshot(RuntimeHandle handle, String name) throws DriverException;
}
