package dev.berth.agent.seed;

/// Text as a YAML scalar. Whatever the text holds, it stays one scalar: line breaks, quotes and
/// colons are escaped. Pure ASCII, so that no reader has to guess an encoding, and valid JSON but
/// for characters beyond U+FFFF.
final class YamlText {
  private static final int REPLACEMENT = 0xfffd;

  private YamlText() {}

  /// The text between double quotes; half a surrogate pair becomes U+FFFD.
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints().forEach(each -> append(quoted, each));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder to, int codePoint) {
    if (codePoint == '"' || codePoint == '\\') {
      to.append('\\').append((char) codePoint);
    } else if (codePoint >= ' ' && codePoint < 0x7f) {
      to.append((char) codePoint);
    } else if (codePoint > 0xffff) {
      to.append(String.format("\\U%08x", codePoint));
    } else {
      boolean half = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      to.append(String.format("\\u%04x", half ? REPLACEMENT : codePoint));
    }
  }
}
