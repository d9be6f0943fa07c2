package dev.berth.controller.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JoinTokenTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @Test
  void readsWhatItWrites() {
    JoinToken token = JoinToken.random(new SecureRandom(), DIGEST);
    assertEquals(token, JoinToken.parse(token.text()));
    assertEquals(32, token.secretDigest().size());
  }

  @Test
  void hidesItsSecretFromLogs() {
    JoinToken token = JoinToken.random(new SecureRandom(), DIGEST);
    assertFalse(token.toString().contains(token.secret()));
  }

  @Test
  void refusesOtherForms() {
    String good = JoinToken.random(new SecureRandom(), DIGEST).text();
    for (String bad :
        List.of(
            "",
            "berth1",
            good + "a",
            good.toUpperCase(java.util.Locale.ROOT),
            " " + good,
            good + "\n",
            good.replaceFirst("1", "2"),
            "berth1.a.b.c",
            good.substring(1))) {
      assertNull(JoinToken.parse(bad), bad);
    }
  }
}
