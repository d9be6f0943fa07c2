package dev.berth.cli.term;

/// How many columns of a terminal a text takes.
public final class TextWidth {
  private TextWidth() {}

  /// Columns of the text: marks that combine take none, East Asian wide characters two.
  public static int of(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      width += of(c);
      i += Character.charCount(c);
    }
    return width;
  }

  /// The text, cut to so many columns with an ellipsis at the end; the same when it fits.
  public static String cut(String text, int columns) {
    if (of(text) <= columns) {
      return text;
    }
    int width = 0;
    int end = 0;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      if (width + of(c) > columns - 1) {
        break;
      }
      width += of(c);
      end += Character.charCount(c);
    }
    return text.substring(0, end) + '…';
  }

  private static int of(int c) {
    if (c < 0x300) {
      return 1;
    }
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return isWide(c) ? 2 : 1;
  }

  private static boolean isWide(int c) {
    return between(c, 0x1100, 0x115f)
        || between(c, 0x2e80, 0xa4cf)
        || between(c, 0xac00, 0xd7a3)
        || between(c, 0xf900, 0xfaff)
        || between(c, 0xfe30, 0xfe6f)
        || between(c, 0xff00, 0xff60)
        || between(c, 0xffe0, 0xffe6)
        || between(c, 0x1f300, 0x1f64f)
        || between(c, 0x1f900, 0x1f9ff)
        || between(c, 0x20000, 0x3fffd);
  }

  private static boolean between(int c, int first, int last) {
    return c >= first && c <= last;
  }
}
