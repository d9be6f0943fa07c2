package dev.berth.agent.driver;

import java.time.Duration;
import java.util.OptionalLong;

/// What one instance has used. A counter that the runtime does not keep is empty.
///
/// @param instanceId id of the instance
/// @param cpuNanos CPU time since its start
/// @param memory what it has in use now
/// @param network bytes received and sent since its start
/// @param disk bytes read from disks and written to them since its start; of a container only what
///     reached a disk of the node
/// @param pids tasks that the kernel counts against it now
/// @param age how long ago this was measured
public record InstanceUsage(
    String instanceId,
    OptionalLong cpuNanos,
    Memory memory,
    Traffic network,
    Traffic disk,
    OptionalLong pids,
    Duration age) {
  /// Measured just now, by who does not count tasks.
  public InstanceUsage(
      String instanceId, OptionalLong cpuNanos, Memory memory, Traffic network, Traffic disk) {
    this(instanceId, cpuNanos, memory, network, disk, OptionalLong.empty(), Duration.ZERO);
  }

  /// The same, looked at later.
  public InstanceUsage aged(Duration since) {
    return new InstanceUsage(instanceId, cpuNanos, memory, network, disk, pids, since);
  }

  /// Memory in use, in bytes.
  ///
  /// @param node of the node, without what its kernel can give back
  /// @param guest of a machine, as the kernel inside counts it, without what it can give back
  /// @param limit the most that it may have; of a machine what it was given; empty: it has none
  public record Memory(OptionalLong node, OptionalLong guest, OptionalLong limit) {
    /// Of what has no kernel of its own.
    public static Memory of(OptionalLong node, OptionalLong limit) {
      return new Memory(node, OptionalLong.empty(), limit);
    }

    /// The same without a limit.
    public static Memory of(OptionalLong node) {
      return of(node, OptionalLong.empty());
    }
  }

  /// Bytes in two directions.
  ///
  /// @param in to the instance
  /// @param out from it
  public record Traffic(OptionalLong in, OptionalLong out) {
    /// Nobody counts.
    public static final Traffic UNKNOWN = new Traffic(OptionalLong.empty(), OptionalLong.empty());

    /// What was counted.
    public static Traffic of(long in, long out) {
      return new Traffic(OptionalLong.of(in), OptionalLong.of(out));
    }
  }
}
