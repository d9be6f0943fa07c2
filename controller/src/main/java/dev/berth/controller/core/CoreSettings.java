package dev.berth.controller.core;

/// Timings of the core, in milliseconds.
///
/// @param heartbeatMillis how often agents are told to send heartbeats, at most
/// @param suspectMillis silence after which a node gets no new slots
/// @param lostMillis silence after which a node counts as lost
/// @param fenceMillis time without acknowledged contact after which an agent stops what is to be
///     fenced
/// @param heartbeatsPerSecond from all agents together, as far as they can be made that seldom
public record CoreSettings(
    long heartbeatMillis,
    long suspectMillis,
    long lostMillis,
    long fenceMillis,
    int heartbeatsPerSecond) {
  private static final long FENCE_MILLIS = 15_000;
  private static final int HEARTBEATS_PER_SECOND = 1_250;

  /// With a fence timeout of 15 s, or longer when nodes are suspect only later.
  public CoreSettings(long heartbeatMillis, long suspectMillis, long lostMillis) {
    this(
        heartbeatMillis,
        suspectMillis,
        lostMillis,
        Math.max(FENCE_MILLIS, suspectMillis + 1),
        HEARTBEATS_PER_SECOND);
  }

  /// Heartbeat 2 s, suspect 6 s, lost 20 s, fence 15 s.
  public static final CoreSettings DEFAULT = new CoreSettings(2_000, 6_000, 20_000);

  /// Checks the order of the timings.
  public CoreSettings {
    if (fenceMillis <= suspectMillis) {
      throw new IllegalArgumentException(
          "fence: value: %d ms (expected: more than suspect, %d)"
              .formatted(fenceMillis, suspectMillis));
    }
    if (heartbeatMillis < 1 || suspectMillis <= heartbeatMillis || lostMillis <= suspectMillis) {
      throw new IllegalArgumentException(
          "heartbeat, suspect, lost: values: %d, %d, %d ms (expected: 1 <= heartbeat < suspect < lost)"
              .formatted(heartbeatMillis, suspectMillis, lostMillis));
    }
    if (heartbeatsPerSecond < 1) {
      throw new IllegalArgumentException(
          "heartbeats per second: value: %d (expected: at least 1)".formatted(heartbeatsPerSecond));
    }
  }

  /// How often the agents of a cluster of so many nodes send heartbeats, in milliseconds: more
  /// seldom in a large one, so that they take a small part of a core only, but never so seldom that
  /// a node is lost for two that come late.
  public long heartbeatMillis(int nodes) {
    long fair = nodes * 1_000L / heartbeatsPerSecond;
    return Math.max(heartbeatMillis, Math.min(fair, lostMillis * 2 / 5));
  }
}
