package dev.berth.spec.placement;

import dev.berth.spec.Quantity;

/// Numbers in expressions and in attributes: digits with at most one dot among them, and one of the
/// units that [Quantity] knows. Reads without allocating, since it is done for every node.
///
/// Units are those of memory, powers of 1024: `Ki Mi Gi Ti`, or `b k m g t`. With
/// `node.cpu_millis` there is only `m`, a thousandth of a CPU, and it changes nothing.
final class Amounts {
  private static final int DIGITS_MAX = 18;
  private static final int TEXT_MAX = 32;

  private Amounts() {}

  /// True when the text is a number for at least some attribute.
  static boolean isAmount(String text) {
    return !Double.isNaN(read(text, false));
  }

  /// The number, exact up to 2^53; NaN when the text is no number of at most 18 digits.
  static double read(Attribute attribute, String text) {
    return read(text, attribute.fact() == Attribute.Fact.CPU_MILLIS);
  }

  private static double read(String text, boolean cpu) {
    int length = text.length();
    if (length == 0 || length > TEXT_MAX || !isDigit(text.charAt(0))) {
      return Double.NaN;
    }
    long digits = 0;
    double divisor = 1;
    int count = 0;
    boolean dot = false;
    int at = 0;
    for (; at < length; at++) {
      char c = text.charAt(at);
      if (c == '.' && !dot && at + 1 < length && isDigit(text.charAt(at + 1))) {
        dot = true;
      } else if (isDigit(c) && count < DIGITS_MAX) {
        digits = digits * 10 + (c - '0');
        divisor = dot ? divisor * 10 : 1;
        count++;
      } else {
        break;
      }
    }
    return digits / divisor * (cpu ? cpuUnit(text, at) : memoryUnit(text, at));
  }

  private static double cpuUnit(String text, int from) {
    int rest = text.length() - from;
    return rest == 0 || (rest == 1 && text.charAt(from) == 'm') ? 1 : Double.NaN;
  }

  private static double memoryUnit(String text, int from) {
    int length = text.length();
    int at = from;
    double factor =
        switch (at < length ? lower(text.charAt(at)) : 'b') {
          case 'k' -> 0x1p10;
          case 'm' -> 0x1p20;
          case 'g' -> 0x1p30;
          case 't' -> 0x1p40;
          default -> 1;
        };
    if (factor != 1) {
      at++;
      at += at < length && lower(text.charAt(at)) == 'i' ? 1 : 0;
    }
    at += at < length && lower(text.charAt(at)) == 'b' ? 1 : 0;
    return at == length ? factor : Double.NaN;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }
}
