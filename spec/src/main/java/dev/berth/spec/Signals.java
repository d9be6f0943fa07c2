package dev.berth.spec;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The signals of Linux, by name and number.
public final class Signals {
  /// Cannot be caught.
  public static final int KILL = 9;

  /// Asks to end.
  public static final int TERM = 15;

  private static final int LAST = 64;
  // The C library keeps the first two real-time signals for itself.
  private static final int FIRST_REAL_TIME = 34;
  // In the order of their numbers, from 1.
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private Signals() {}

  /// The number of a signal: a name with or without "SIG" in any case, such as "hup", "SIGUSR1" or
  /// "RTMIN+3", or a number from 1 to 64. Empty: KILL.
  ///
  /// @throws IllegalArgumentException when there is no such signal; its message says what there is
  public static int number(String text) {
    if (text.isEmpty()) {
      return KILL;
    }
    String name = text.toUpperCase(Locale.ROOT);
    Integer found = name.matches("[0-9]{1,2}") ? (Integer) Integer.parseInt(name) : named(name);
    if (found == null || found < 1 || found > LAST) {
      throw new IllegalArgumentException(
          "value: "
              + Printable.quote(text)
              + " (expected: a signal such as KILL, SIGHUP, RTMIN+3, or a number from 1 to 64)");
    }
    return found;
  }

  private static @Nullable Integer named(String given) {
    String name = given.startsWith("SIG") ? given.substring(3) : given;
    int index = NAMES.indexOf(name);
    if (index >= 0) {
      return index + 1;
    }
    return switch (name) {
      case "IOT" -> number("ABRT");
      case "CLD" -> number("CHLD");
      case "POLL" -> number("IO");
      default -> realTime(name);
    };
  }

  private static @Nullable Integer realTime(String name) {
    if (name.matches("RTMIN(\\+[0-9]{1,2})?")) {
      return inRealTime(FIRST_REAL_TIME + offset(name));
    } else if (name.matches("RTMAX(-[0-9]{1,2})?")) {
      return inRealTime(LAST - offset(name));
    }
    return null;
  }

  private static int offset(String name) {
    return name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0;
  }

  private static @Nullable Integer inRealTime(int number) {
    return number >= FIRST_REAL_TIME && number <= LAST ? (Integer) number : null;
  }
}
