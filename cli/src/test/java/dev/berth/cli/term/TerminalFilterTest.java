package dev.berth.cli.term;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class TerminalFilterTest {
  private static final long SEED = Long.getLong("berth.seed", System.nanoTime());

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

  @Test
  void letsTextLineEndsTabsAndColoursThrough() {
    String good = "é 中 😀\ttab\r\n\u001b[1;31mred\u001b[0m\u001b[38:5:208morange\u001b[m\n";
    assertEquals(good, TerminalFilter.filtered(good));
  }

  @Test
  void showsWhatCouldMoveTheCursorOrChangeTheTitle() {
    assertEquals("\\u{1b}[2J", TerminalFilter.filtered("\u001b[2J"));
    assertEquals("\\u{1b}]0;x\\u{7}", TerminalFilter.filtered("\u001b]0;x\u0007"));
    assertEquals("a\\u{8}b\\u{7f}", TerminalFilter.filtered("a\bb\u007f"));
    assertEquals("\\u{9b}2J", TerminalFilter.filtered("\u009b2J"));
    assertEquals("x\\u{202e}y\\u{2066}", TerminalFilter.filtered("x\u202ey\u2066"));
    assertEquals("\\u{1b}\u001b[0m", TerminalFilter.filtered("\u001b\u001b[0m"));
  }

  @Test
  void answersTheSameHoweverTheOutputIsCut() {
    byte[] bytes =
        "é中😀 \u001b[31mred\u001b[0m \u001b[2J \u202e end\n".getBytes(StandardCharsets.UTF_8);
    String whole = TerminalFilter.filtered(new String(bytes, StandardCharsets.UTF_8));
    for (int round = 0; round < 500; round++) {
      TerminalFilter filter = new TerminalFilter();
      StringBuilder pieces = new StringBuilder();
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, random.nextInt(4));
        pieces.append(filter.accept(bytes, at, length));
        at += length;
      }
      assertEquals(whole, pieces.toString(), "seed " + SEED);
    }
  }

  @Test
  void survivesAnyBytesWithoutLettingControlsThrough() {
    TerminalFilter filter = new TerminalFilter();
    for (int round = 0; round < 500; round++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      String shown = filter.accept(noise, 0, noise.length);
      assertFalse(
          shown
              .replaceAll("\u001b\\[[0-9;:]*m", "")
              .codePoints()
              .anyMatch(c -> c < 0x20 && c != '\n' && c != '\t' && c != '\r'),
          "seed " + SEED);
    }
  }
}
