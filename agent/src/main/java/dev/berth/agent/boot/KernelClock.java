package dev.berth.agent.boot;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The time that Linux writes before its lines: `[    1.234567] usb 1-1: new device`.
final class KernelClock {
  // Before it there may be the line's level, after it the task or processor that wrote it.
  private static final Pattern STAMP =
      Pattern.compile("(?:<\\d{1,3}>)?\\[ *(\\d{1,9})\\.(\\d{6})](?:\\[ *[TC]\\d+])? ");

  private KernelClock() {}

  /// Nanoseconds since the kernel began, in whole microseconds; empty when the line has no clock.
  static OptionalLong nanos(String line) {
    if (line.isEmpty() || (line.charAt(0) != '[' && line.charAt(0) != '<')) {
      return OptionalLong.empty();
    }
    Matcher stamp = STAMP.matcher(line);
    if (!stamp.lookingAt()) {
      return OptionalLong.empty();
    }
    long seconds = Long.parseLong(stamp.group(1));
    return OptionalLong.of(seconds * 1_000_000_000L + Long.parseLong(stamp.group(2)) * 1_000L);
  }
}
