package dev.berth.cli.term;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/// Times for people: `12s`, `5m`, `3h`, `9d`.
public final class Ages {
  private Ages() {}

  /// How long ago that was, or `-` when it is not set.
  public static String since(Timestamp time, Instant now) {
    if (time.getSeconds() == 0) {
      return "-";
    }
    return span(now.getEpochSecond() - time.getSeconds());
  }

  /// How long it is until then; `0s` when it is over.
  public static String until(Timestamp time, Instant now) {
    return span(time.getSeconds() - now.getEpochSecond());
  }

  /// A span in its largest whole unit, days at most.
  ///
  /// @param seconds negative counts as 0, since clocks differ
  public static String span(long seconds) {
    long positive = Math.max(0, seconds);
    if (positive < 120) {
      return positive + "s";
    }
    if (positive < 7_200) {
      return positive / 60 + "m";
    }
    return positive < 172_800 ? positive / 3_600 + "h" : positive / 86_400 + "d";
  }

  /// The time in RFC 3339, in UTC, without fractions; `-` when it is not set.
  public static String rfc3339(Timestamp time) {
    return time.getSeconds() == 0 ? "-" : Instant.ofEpochSecond(time.getSeconds()).toString();
  }
}
