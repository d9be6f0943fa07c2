package dev.berth.controller.core;

/// Timings of the core, in milliseconds.
///
/// @param heartbeatMillis how often agents are told to send heartbeats
/// @param suspectMillis silence after which a node gets no new slots
/// @param lostMillis silence after which a node counts as lost
public record CoreSettings(long heartbeatMillis, long suspectMillis, long lostMillis) {
  /// Heartbeat 2 s, suspect 6 s, lost 20 s.
  public static final CoreSettings DEFAULT = new CoreSettings(2_000, 6_000, 20_000);

  /// Checks the order of the timings.
  public CoreSettings {
    if (heartbeatMillis < 1 || suspectMillis <= heartbeatMillis || lostMillis <= suspectMillis) {
      throw new IllegalArgumentException(
          "heartbeat, suspect, lost: values: %d, %d, %d ms (expected: 1 <= heartbeat < suspect < lost)"
              .formatted(heartbeatMillis, suspectMillis, lostMillis));
    }
  }
}
