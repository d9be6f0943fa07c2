package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import java.io.ByteArrayOutputStream;
import java.util.Locale;

/// The keys that leave what a terminal is attached to, looked for in what is typed. The beginning
/// of the sequence is held back until it is known that it is none.
final class DetachKeys {
  /// Docker's own: Ctrl-P Ctrl-Q.
  static final String DEFAULT = "ctrl-p,ctrl-q";

  private static final String EXPECTED =
      "keys as docker writes them, such as ctrl-p,ctrl-q or ctrl-x";

  private final byte[] sequence;
  private int matched;

  private DetachKeys(byte[] sequence) {
    this.sequence = sequence;
  }

  /// @param text keys with commas between: a letter, or "ctrl-" and one of `a-z@[\]^_`; empty: none
  /// @throws FailureException with exit code 2
  static DetachKeys parse(String text) {
    if (text.isEmpty()) {
      return new DetachKeys(new byte[0]);
    }
    String[] keys = text.split(",", -1);
    byte[] sequence = new byte[keys.length];
    for (int i = 0; i < keys.length; i++) {
      sequence[i] = key(keys[i], text);
    }
    return new DetachKeys(sequence);
  }

  private static byte key(String key, String text) {
    String lower = key.toLowerCase(Locale.ROOT);
    if (key.length() == 1 && key.charAt(0) > ' ' && key.charAt(0) < 0x7f) {
      return (byte) key.charAt(0);
    }
    if (lower.matches("ctrl-[a-z@\\[\\\\\\]^_]")) {
      return (byte) (lower.charAt(lower.length() - 1) & 0x1f);
    }
    throw FailureException.usage(
        "--detach-keys: value: " + Printable.quote(text) + " (expected: " + EXPECTED + ")");
  }

  /// What is to be sent of what was typed.
  ///
  /// @param bytes that go on; the keys themselves are not among them
  /// @param left whether the keys were all there: what was typed after them is nobody's
  record Typed(ByteString bytes, boolean left) {}

  /// Looks at what was typed next.
  Typed type(byte[] typed, int count) {
    ByteArrayOutputStream sent = new ByteArrayOutputStream(count + matched);
    for (int i = 0; i < count; i++) {
      if (sequence.length > 0 && typed[i] == sequence[matched]) {
        matched++;
        if (matched == sequence.length) {
          matched = 0;
          return new Typed(ByteString.copyFrom(sent.toByteArray()), true);
        }
      } else {
        // It was none: what was held back goes first, and this key may begin another one.
        sent.write(sequence, 0, matched);
        matched = 0;
        if (sequence.length > 1 && typed[i] == sequence[0]) {
          matched = 1;
        } else {
          sent.write(typed[i]);
        }
      }
    }
    return new Typed(ByteString.copyFrom(sent.toByteArray()), false);
  }
}
