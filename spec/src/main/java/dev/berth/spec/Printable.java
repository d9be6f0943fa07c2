package dev.berth.spec;

/// Makes text from strangers safe to show: on a terminal, in a log line, in an error message.
public final class Printable {
  private static final int QUOTED_MAX = 80;

  private Printable() {}

  /// True when the text has no control characters, no characters that change the direction of
  /// writing, no invisible format characters and no half surrogates.
  public static boolean isSafe(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (!isSafe(c)) {
        return false;
      }
      i += Character.charCount(c);
    }
    return true;
  }

  /// True for characters that may be shown as they are.
  public static boolean isSafe(int c) {
    if (c >= 0x20 && c < 0x7f) {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /// The text with every unsafe character written as `\n`, `\t`, `\r` or its code in hexadecimal
  /// digits. The same string when nothing is unsafe.
  public static String escape(String text) {
    if (isSafe(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  /// The text escaped, cut to 80 characters and in double quotes, for error messages.
  public static String quote(String text) {
    int length = text.codePointCount(0, text.length());
    if (length <= QUOTED_MAX) {
      return '"' + escape(text) + '"';
    }
    String head = text.substring(0, text.offsetByCodePoints(0, QUOTED_MAX));
    return '"' + escape(head) + "…\"";
  }

  private static void append(StringBuilder out, int c) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\t' -> out.append("\\t");
      case '\r' -> out.append("\\r");
      default -> {
        if (isSafe(c)) {
          out.appendCodePoint(c);
        } else {
          out.append("\\u{").append(Integer.toHexString(c)).append('}');
        }
      }
    }
  }
}
