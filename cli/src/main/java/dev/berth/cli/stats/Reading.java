package dev.berth.cli.stats;

import com.google.protobuf.util.Timestamps;
import dev.berth.v1.UsageSample;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What an instance uses now, as far as its node tells.
///
/// @param cpuPercent processor time in percent of one processor, between the last two samples
/// @param memoryBytes in use
/// @param limitBytes the most that it can have
/// @param sample the last one
record Reading(
    OptionalDouble cpuPercent,
    OptionalLong memoryBytes,
    OptionalLong limitBytes,
    UsageSample sample) {
  /// @param before the sample before; null: there was none
  /// @param nodeBytes memory of the node, the limit of what has none; 0: not known
  static Reading of(@Nullable UsageSample before, UsageSample now, long nodeBytes) {
    OptionalLong limit = OptionalLong.empty();
    if (now.hasMemoryLimitBytes()) {
      limit = OptionalLong.of(now.getMemoryLimitBytes());
    } else if (nodeBytes > 0) {
      limit = OptionalLong.of(nodeBytes);
    }
    return new Reading(
        cpu(before, now),
        now.hasMemoryBytes() ? OptionalLong.of(now.getMemoryBytes()) : OptionalLong.empty(),
        limit,
        now);
  }

  private static OptionalDouble cpu(@Nullable UsageSample before, UsageSample now) {
    if (before == null || !before.hasCpuNanos() || !now.hasCpuNanos()) {
      return OptionalDouble.empty();
    }
    long used = now.getCpuNanos() - before.getCpuNanos();
    long passed = Timestamps.toNanos(now.getTime()) - Timestamps.toNanos(before.getTime());
    // After a restart the counter begins anew.
    return used < 0 || passed <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(100.0 * used / passed);
  }

  /// Memory in percent of the limit.
  OptionalDouble memoryPercent() {
    return memoryBytes.isPresent() && limitBytes.isPresent() && limitBytes.getAsLong() > 0
        ? OptionalDouble.of(100.0 * memoryBytes.getAsLong() / limitBytes.getAsLong())
        : OptionalDouble.empty();
  }

  /// Bytes received and sent.
  OptionalLong network() {
    return sum(
        sample.hasNetworkReceivedBytes(),
        sample.getNetworkReceivedBytes(),
        sample.hasNetworkSentBytes(),
        sample.getNetworkSentBytes());
  }

  /// Bytes read and written.
  OptionalLong disk() {
    return sum(
        sample.hasDiskReadBytes(),
        sample.getDiskReadBytes(),
        sample.hasDiskWrittenBytes(),
        sample.getDiskWrittenBytes());
  }

  private static OptionalLong sum(boolean hasOne, long one, boolean hasOther, long other) {
    return hasOne && hasOther ? OptionalLong.of(one + other) : OptionalLong.empty();
  }
}
