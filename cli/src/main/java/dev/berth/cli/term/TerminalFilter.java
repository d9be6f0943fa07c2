package dev.berth.cli.term;

import dev.berth.spec.Printable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Makes the output of a program harmless for a terminal, piece by piece: text, line ends, tabs and
/// colours go through; whatever else could move the cursor, change the title or hide text is shown
/// as an escape.
public final class TerminalFilter {
  private static final int ESCAPE = 0x1b;
  private static final int SEQUENCE_MAX = 32;

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final StringBuilder sequence = new StringBuilder();
  private byte[] rest = new byte[0];
  private char high;

  /// The next piece, made harmless. An unfinished character or colour is kept for the next piece.
  public String accept(byte[] bytes, int offset, int length) {
    ByteBuffer in = ByteBuffer.allocate(rest.length + length);
    in.put(rest).put(bytes, offset, length).flip();
    CharBuffer chars = CharBuffer.allocate(in.remaining() + 1);
    decoder.reset().decode(in, chars, false);
    rest = new byte[in.remaining()];
    in.get(rest);
    chars.flip();
    StringBuilder out = new StringBuilder(chars.length());
    while (chars.hasRemaining()) {
      char c = chars.get();
      if (Character.isHighSurrogate(c)) {
        high = c;
      } else {
        int codePoint = Character.isLowSurrogate(c) ? Character.toCodePoint(high, c) : c;
        codePoint(codePoint, out);
      }
    }
    return out.toString();
  }

  /// A whole text, made harmless.
  public static String filtered(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new TerminalFilter().accept(bytes, 0, bytes.length);
  }

  private void codePoint(int c, StringBuilder out) {
    if (!sequence.isEmpty() && continuesColour(c)) {
      sequence.appendCodePoint(c);
      if (c == 'm') {
        out.append(sequence);
        sequence.setLength(0);
      }
      return;
    }
    if (!sequence.isEmpty()) {
      out.append(Printable.escape(sequence.toString()));
      sequence.setLength(0);
    }
    if (c == ESCAPE) {
      sequence.appendCodePoint(c);
    } else if (c == '\n' || c == '\t' || c == '\r' || Printable.isSafe(c)) {
      out.appendCodePoint(c);
    } else {
      out.append(Printable.escape(Character.toString(c)));
    }
  }

  private boolean continuesColour(int c) {
    if (sequence.length() == 1) {
      return c == '[';
    }
    boolean parameter = (c >= '0' && c <= '9') || c == ';' || c == ':';
    return sequence.length() < SEQUENCE_MAX && (parameter || c == 'm');
  }
}
