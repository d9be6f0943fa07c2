package dev.berth.controller.core.model;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/// The time at which a decision is made, as data.
///
/// @param monotonicMillis what decisions are made of: milliseconds that only grow, from any origin
/// @param wall what people are shown; no decision depends on it
public record Now(long monotonicMillis, Instant wall) {
  /// The wall time as the API carries it and the store keeps it: in whole milliseconds.
  public Timestamp timestamp() {
    return Timestamp.newBuilder()
        .setSeconds(wall.getEpochSecond())
        .setNanos(wall.getNano() / 1_000_000 * 1_000_000)
        .build();
  }
}
