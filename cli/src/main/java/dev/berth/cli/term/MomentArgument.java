package dev.berth.cli.term;

import com.google.protobuf.Timestamp;
import dev.berth.spec.Durations;
import dev.berth.spec.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/// A moment as people say it: `10m` ago, or `2026-03-01T12:00:00Z`.
public final class MomentArgument {
  private MomentArgument() {}

  /// Reads a moment.
  ///
  /// @param option that it was given with, for messages
  /// @throws FailureException with exit code 2
  public static Timestamp parse(String option, String text, Instant now) {
    Instant moment;
    try {
      Duration ago = Durations.parse(text);
      moment = now.minus(ago);
    } catch (IllegalArgumentException notASpan) {
      moment = absolute(option, text);
    }
    return Timestamp.newBuilder()
        .setSeconds(moment.getEpochSecond())
        .setNanos(moment.getNano())
        .build();
  }

  private static Instant absolute(String option, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw FailureException.usage(
          option
              + ": value: "
              + Printable.quote(text)
              + " (expected: a span such as 10m, or a time such as 2026-03-01T12:00:00Z)");
    }
  }
}
