package dev.berth.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.cli.term.FailureException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetachKeysTest {
  private static final String P = "\u0010";
  private static final String Q = "\u0011";

  /// What goes on of some reads, and "!" where the keys were.
  private static String typed(DetachKeys keys, String... reads) {
    StringBuilder sent = new StringBuilder();
    for (String read : reads) {
      byte[] bytes = read.getBytes(StandardCharsets.ISO_8859_1);
      DetachKeys.Typed typed = keys.type(bytes, bytes.length);
      sent.append(typed.bytes().toString(StandardCharsets.ISO_8859_1));
      if (typed.left()) {
        return sent + "!";
      }
    }
    return sent.toString();
  }

  private static String typed(String... reads) {
    return typed(DetachKeys.parse(DetachKeys.DEFAULT), reads);
  }

  @Test
  void findsTheKeysInOneReadAndInSeveral() {
    assertEquals("ab!", typed("ab" + P + Q + "c"));
    assertEquals("ab!", typed("ab" + P, Q));
    assertEquals("!", typed(P, Q));
  }

  @Test
  void holdsBackTheBeginningUntilItIsKnownToBeNone() {
    assertEquals("a", typed("a" + P));
    assertEquals("a" + P + "b", typed("a" + P, "b"));
    assertEquals(P + "!", typed(P, P, Q));
    assertEquals(Q, typed(Q));
  }

  @Test
  void otherKeysCanBeNamed() {
    assertEquals("a!", typed(DetachKeys.parse("ctrl-x"), "a\u0018b"));
    assertEquals("a!", typed(DetachKeys.parse("~,."), "a~."));
    assertEquals("a!", typed(DetachKeys.parse("ctrl-]"), "a\u001d"));
    assertEquals("a" + P + Q, typed(DetachKeys.parse(""), "a" + P + Q));
  }

  @Test
  void refusesWhatIsNoKey() {
    for (String bad : List.of("ctrl-", "ctrl-1", "ab", "ctrl-p,", "alt-x")) {
      FailureException refused = assertThrows(FailureException.class, () -> DetachKeys.parse(bad));
      assertEquals(2, refused.exitCode());
    }
  }
}
