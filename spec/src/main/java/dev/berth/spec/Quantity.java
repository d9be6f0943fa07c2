package dev.berth.spec;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/// Amounts of CPU and memory as people write them: `500m`, `0.5`, `2`; `128Mi`, `20Gi`, `256m`.
///
/// CPU is counted in thousandths of a CPU. Memory is counted in bytes; its units are powers of
/// 1024, written `Ki Mi Gi Ti` or, as docker takes them, `b k m g t` in either
/// case, with `B` after them or not.
public final class Quantity {
  private static final int TEXT_MAX = 32;
  private static final String CPU_EXPECTED = "CPUs such as 2, 0.5 or 500m";
  private static final String MEMORY_EXPECTED = "an amount of memory such as 128Mi, 20Gi or 256m";

  private Quantity() {}

  /// Reads CPUs, in thousandths; from 0 on. A fraction of a thousandth is refused.
  ///
  /// @throws IllegalArgumentException with what is wrong, as `value: "x" (expected: …)`
  public static long parseCpuMillis(String text) {
    boolean millis = text.endsWith("m");
    String number = millis ? text.substring(0, text.length() - 1) : text;
    BigDecimal value = decimal(number, text, CPU_EXPECTED);
    return exactLong(
        millis ? value : value.movePointRight(3), text, CPU_EXPECTED + ", no finer than 1m");
  }

  /// Reads memory, in bytes; from 0 on. A fraction of a byte is refused.
  ///
  /// @throws IllegalArgumentException with what is wrong, as `value: "x" (expected: …)`
  public static long parseMemoryBytes(String text) {
    int end = text.length();
    while (end > 0 && Character.isLetter(text.charAt(end - 1))) {
      end--;
    }
    String unit = text.substring(end).toLowerCase(Locale.ROOT);
    long factor =
        switch (unit) {
          case "", "b" -> 1L;
          case "k", "kb", "ki", "kib" -> 1L << 10;
          case "m", "mb", "mi", "mib" -> 1L << 20;
          case "g", "gb", "gi", "gib" -> 1L << 30;
          case "t", "tb", "ti", "tib" -> 1L << 40;
          default -> throw wrong(text, MEMORY_EXPECTED);
        };
    BigDecimal value = decimal(text.substring(0, end), text, MEMORY_EXPECTED);
    return exactLong(value.multiply(BigDecimal.valueOf(factor)), text, MEMORY_EXPECTED);
  }

  /// Writes CPUs so that [#parseCpuMillis] reads the same: `2`, `500m`.
  public static String formatCpu(long millis) {
    return millis % 1000 == 0 ? Long.toString(millis / 1000) : millis + "m";
  }

  /// Writes memory so that [#parseMemoryBytes] reads the same: `128Mi`, `1000`.
  public static String formatMemory(long bytes) {
    String[] units = {"", "Ki", "Mi", "Gi", "Ti"};
    int unit = 0;
    long value = bytes;
    while (unit < units.length - 1 && value != 0 && value % 1024 == 0) {
      value /= 1024;
      unit++;
    }
    return value + units[unit];
  }

  /// Writes memory for people to read, rounded to three digits: `1.46Gi`, `512Mi`.
  public static String roundedMemory(long bytes) {
    String[] units = {"B", "Ki", "Mi", "Gi", "Ti"};
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    int digits = value >= 100 || unit == 0 ? 0 : value >= 10 ? 1 : 2;
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP);
    String number =
        rounded.signum() == 0 ? "0" : digits == 0 ? rounded.toPlainString() : trimmed(rounded);
    return number + units[unit];
  }

  private static String trimmed(BigDecimal value) {
    return value.stripTrailingZeros().toPlainString();
  }

  private static BigDecimal decimal(String number, String text, String expected) {
    boolean good = !number.isEmpty() && number.length() <= TEXT_MAX;
    int dots = 0;
    for (int i = 0; i < number.length() && good; i++) {
      char c = number.charAt(i);
      if (c == '.') {
        dots++;
        good = i > 0 && i < number.length() - 1 && dots == 1;
      } else {
        good = c >= '0' && c <= '9';
      }
    }
    if (!good) {
      throw wrong(text, expected);
    }
    return new BigDecimal(number);
  }

  private static long exactLong(BigDecimal value, String text, String expected) {
    try {
      return value.longValueExact();
    } catch (ArithmeticException notWhole) {
      throw new IllegalArgumentException(wrong(text, expected).getMessage(), notWhole);
    }
  }

  private static IllegalArgumentException wrong(String text, String expected) {
    return new IllegalArgumentException(
        "value: " + Printable.quote(text) + " (expected: " + expected + ")");
  }
}
