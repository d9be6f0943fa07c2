package dev.berth.agent.boot;

import dev.berth.spec.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/// Makes lines of text of what a serial console writes, whatever pieces it comes in. Both CR and LF
/// end a line, and so does what moves the cursor to another one; blank lines are not told. Escape
/// sequences, control characters and other characters that are unsafe to show are left out, tabs
/// are blanks. What is no UTF-8 is shown as U+FFFD. Not thread-safe.
public final class ConsoleLines {
  /// Bytes of a line that are kept; the rest of a longer one is dropped.
  public static final int LINE_BYTES_MAX = 4096;

  private static final int LEAST_BYTES = 256;
  private static final int BELL = 0x07;
  private static final int CANCEL = 0x18;
  private static final int SUBSTITUTE = 0x1a;
  private static final int ESCAPE = 0x1b;
  private static final int DELETE = 0x7f;

  /// Where in an escape sequence the next byte belongs.
  private enum State {
    /// In none.
    TEXT,
    /// After ESC.
    ESCAPED,
    /// In a short sequence, such as the choice of a character set.
    SHORT,
    /// After ESC and `[`.
    CONTROL,
    /// In a string for the terminal, such as a title.
    STRING
  }

  private byte[] line = new byte[LEAST_BYTES];
  private int length;
  private State state = State.TEXT;

  /// Takes the next bytes.
  ///
  /// @param count how many of the array's first bytes are meant
  /// @param lines told each line that ended, without its end
  public void accept(byte[] bytes, int count, Consumer<String> lines) {
    for (int i = 0; i < count; i++) {
      if (endsLine(bytes[i])) {
        String text = text();
        length = 0;
        if (!text.isBlank()) {
          lines.accept(text);
        }
      }
    }
  }

  /// The line that has not ended: a prompt, for instance. Empty when there is none.
  public String unfinished() {
    return text();
  }

  /// Forgets the line that has not ended.
  public void reset() {
    length = 0;
    state = State.TEXT;
  }

  private boolean endsLine(byte b) {
    switch (b) {
      case '\n', '\r', 0x0b, 0x0c -> {
        // Also within a sequence: what was cut off must not swallow all that follows.
        state = State.TEXT;
        return true;
      }
      case ESCAPE -> state = State.ESCAPED;
      case CANCEL, SUBSTITUTE -> state = State.TEXT;
      default -> {
        return switch (state) {
          case TEXT -> plain(b);
          case ESCAPED -> escaped(b);
          case SHORT -> {
            state = isIntermediate(b) ? State.SHORT : State.TEXT;
            yield false;
          }
          case CONTROL -> control(b);
          case STRING -> {
            state = b == BELL ? State.TEXT : State.STRING;
            yield false;
          }
        };
      }
    }
    return false;
  }

  private boolean plain(byte b) {
    int kept = b == '\t' ? ' ' : b;
    if (kept >= 0 && (kept < ' ' || kept == DELETE)) {
      return false;
    }
    if (length == line.length && length < LINE_BYTES_MAX) {
      line = Arrays.copyOf(line, Math.min(2 * length, LINE_BYTES_MAX));
    }
    if (length < LINE_BYTES_MAX) {
      line[length++] = (byte) kept;
    }
    return false;
  }

  private boolean escaped(byte b) {
    if (b < ' ') {
      state = b < 0 ? State.TEXT : State.ESCAPED;
      return false;
    }
    state =
        switch (b) {
          case '[' -> State.CONTROL;
          case ']', 'P', 'X', '^', '_' -> State.STRING;
          default -> isIntermediate(b) ? State.SHORT : State.TEXT;
        };
    // Reset; one line down, or up.
    return b == 'c' || b == 'D' || b == 'E' || b == 'M';
  }

  private boolean control(byte b) {
    if (b < '@') {
      state = b < 0 ? State.TEXT : State.CONTROL;
      return false;
    }
    state = State.TEXT;
    // To a position, a row, another line.
    return b == 'H' || b == 'f' || b == 'd' || b == 'E' || b == 'F';
  }

  private static boolean isIntermediate(byte b) {
    return b >= ' ' && b <= '/';
  }

  private String text() {
    String text = new String(line, 0, wholeCharacters(), StandardCharsets.UTF_8);
    if (Printable.isSafe(text)) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().filter(Printable::isSafe).forEach(safe::appendCodePoint);
    return safe.toString();
  }

  /// The bytes without a character at the end that is not all there.
  private int wholeCharacters() {
    int first = length - 1;
    while (first >= 0 && length - first < 4 && (line[first] & 0xc0) == 0x80) {
      first--;
    }
    if (first < 0) {
      return length;
    }
    int lead = line[first] & 0xff;
    int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return size > length - first ? first : length;
  }
}
