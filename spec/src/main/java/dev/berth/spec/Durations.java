package dev.berth.spec;

import com.google.protobuf.Duration;

/// Spans of time as people write them: `10s`, `5m`, `1h30m`, `250ms`, `7d`.
public final class Durations {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final String EXPECTED = "a span of time such as 250ms, 10s, 5m, 1h30m or 7d";

  private static final String[] UNITS = {"d", "h", "m", "s", "ms", "us", "ns"};
  private static final long[] NANOS = {
    86_400 * SECOND, 3_600 * SECOND, 60 * SECOND, SECOND, MILLI, 1_000, 1
  };

  private Durations() {}

  /// Reads whole numbers with units, largest first, each unit once; `0` needs no unit. At most 292
  /// years.
  ///
  /// @throws IllegalArgumentException with what is wrong, as `value: "x" (expected: …)`
  public static java.time.Duration parse(String text) {
    if (text.equals("0")) {
      return java.time.Duration.ZERO;
    }
    int at = 0;
    int nextUnit = 0;
    long nanos = 0;
    while (at < text.length() && text.length() <= 64) {
      int digitsEnd = skip(text, at, true);
      int unitEnd = skip(text, digitsEnd, false);
      int unit = unitIndex(text.substring(digitsEnd, unitEnd), nextUnit);
      if (digitsEnd == at || digitsEnd - at > 18 || unit < 0) {
        throw wrong(text);
      }
      try {
        long amount = Long.parseLong(text, at, digitsEnd, 10);
        nanos = Math.addExact(nanos, Math.multiplyExact(amount, NANOS[unit]));
      } catch (ArithmeticException tooLong) {
        throw new IllegalArgumentException(wrong(text).getMessage(), tooLong);
      }
      nextUnit = unit + 1;
      at = unitEnd;
    }
    if (at == 0 || at != text.length()) {
      throw wrong(text);
    }
    return java.time.Duration.ofNanos(nanos);
  }

  /// Writes a span so that [#parse] reads the same: `1h30m`, `10s`, `0s`.
  ///
  /// @param span from 0 on, at most 292 years
  public static String format(java.time.Duration span) {
    long rest = span.toNanos();
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < UNITS.length; i++) {
      long amount = rest / NANOS[i];
      rest %= NANOS[i];
      if (amount != 0) {
        out.append(amount).append(UNITS[i]);
      }
    }
    return out.isEmpty() ? "0s" : out.toString();
  }

  /// The span as a message.
  public static Duration toProto(java.time.Duration span) {
    return Duration.newBuilder().setSeconds(span.toSeconds()).setNanos(span.toNanosPart()).build();
  }

  /// The message as a span.
  ///
  /// @throws ArithmeticException when it is out of all bounds
  public static java.time.Duration fromProto(Duration message) {
    return java.time.Duration.ofSeconds(message.getSeconds(), message.getNanos());
  }

  private static int skip(String text, int from, boolean digits) {
    int at = from;
    while (at < text.length() && (text.charAt(at) >= '0' && text.charAt(at) <= '9') == digits) {
      at++;
    }
    return at;
  }

  private static int unitIndex(String unit, int from) {
    for (int i = from; i < UNITS.length; i++) {
      if (UNITS[i].equals(unit)) {
        return i;
      }
    }
    return -1;
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "value: " + Printable.quote(text) + " (expected: " + EXPECTED + ")");
  }
}
