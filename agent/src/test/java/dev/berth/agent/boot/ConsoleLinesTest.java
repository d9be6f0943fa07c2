package dev.berth.agent.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.spec.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class ConsoleLinesTest {
  private static final String PIECES =
      "\r\n\t\b\u0007\u001b\u001b[\u001b]0;\u001b\\\u001b(B;1mHhé€😀\u0085\u202e abc\u0018";

  private final ConsoleLines lines = new ConsoleLines();
  private final List<String> told = new ArrayList<>();

  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    lines.accept(bytes, bytes.length, told::add);
  }

  @Test
  void anyMixtureOfLineEndsEndsOneLine() {
    write("one\ntwo\r\nthree\rfour\n\rfive\r\r\n\n  \nsix");
    assertEquals(List.of("one", "two", "three", "four", "five"), told);
    assertEquals("six", lines.unfinished());
  }

  @Test
  void escapeSequencesAndControlCharactersAreLeftOut() {
    write("\u001bc\u001b[?7l\u001b[2J\u001b[0mSeaBIOS (version 1)\r\n");
    write("[\u001b[0;32m  OK  \u001b[0m]\tStarted \u001b]0;a title\u0007x\u001b]8;;u\u001b\\.\n");
    write("a\u001b(Bb\u001b)0c\u001b=d\u0000\u0008\u007fe\u009b\u202ef\u001bP1$r\u001b\\g\n");
    assertEquals(List.of("SeaBIOS (version 1)", "[  OK  ] Started x.", "abcdefg"), told);
  }

  @Test
  void whatMovesTheCursorToAnotherLineEndsThisOne() {
    write("menu\u001b[1;1Hfirst\u001b[2;1fsecond\u001b[3dthird\u001bcfourth");
    assertEquals(List.of("menu", "first", "second", "third"), told);
    assertEquals("fourth", lines.unfinished());
  }

  @Test
  void aSequenceThatIsCutOffSwallowsNoMoreThanItsLine() {
    write("a\u001b]0;never ends\nb\u001b[1;2\nc\u001b[1;\u0018d\u001b[\u001b[1me\n");
    assertEquals(List.of("a", "b", "cde"), told);
  }

  @Test
  void aLineIsKeptUpToItsBoundInWholeCharacters() {
    write("x".repeat(100_000) + "\nshort\n");
    assertEquals(List.of("x".repeat(ConsoleLines.LINE_BYTES_MAX), "short"), told);
    told.clear();
    write("é".repeat(3_000) + "x\n" + "x" + "é".repeat(3_000) + "\n");
    assertEquals(List.of("é".repeat(2_048), "x" + "é".repeat(2_047)), told);
  }

  @Test
  void charactersThatAreCutAreWaitedForAndOthersReplaced() {
    byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
    lines.accept(euro, 2, told::add);
    assertEquals("", lines.unfinished());
    lines.accept(new byte[] {euro[2]}, 1, told::add);
    assertEquals("€", lines.unfinished());
    lines.accept(new byte[] {(byte) 0xff, 'a', (byte) 0xc3, 'b', '\n'}, 5, told::add);
    assertEquals(List.of("€\ufffda\ufffdb"), told);
  }

  @Test
  void aPromptIsSeenBeforeItsLineEnds() {
    write("\r\ndemo login: ");
    assertEquals("demo login: ", lines.unfinished());
    lines.reset();
    assertEquals("", lines.unfinished());
    write("\n");
    assertEquals(List.of(), told);
  }

  @Test
  void linesDoNotDependOnThePiecesThatTheyComeIn() {
    for (long seed = 0; seed < 400; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      byte[] bytes = bytes(random);
      List<String> whole = new ArrayList<>();
      ConsoleLines atOnce = new ConsoleLines();
      atOnce.accept(bytes, bytes.length, whole::add);
      List<String> parts = new ArrayList<>();
      ConsoleLines inPieces = new ConsoleLines();
      for (int from = 0; from < bytes.length; ) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 3 : 700));
        byte[] piece = Arrays.copyOfRange(bytes, from, to);
        inPieces.accept(piece, piece.length, parts::add);
        from = to;
      }
      assertEquals(whole, parts, "seed " + seed);
      assertEquals(atOnce.unfinished(), inPieces.unfinished(), "seed " + seed);
      for (String line : whole) {
        assertTrue(Printable.isSafe(line), "seed " + seed + ": " + Printable.escape(line));
        assertTrue(!line.isBlank() && line.length() <= ConsoleLines.LINE_BYTES_MAX);
      }
    }
  }

  /// Random bytes, or random pieces of what terminals are sent.
  private static byte[] bytes(RandomGenerator random) {
    if (random.nextInt(4) == 0) {
      byte[] bytes = new byte[random.nextInt(20_000)];
      random.nextBytes(bytes);
      return bytes;
    }
    int[] pieces = PIECES.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(3_000);
    while (text.length() < length) {
      if (random.nextInt(50) == 0) {
        text.repeat('x', random.nextInt(6_000));
      }
      text.appendCodePoint(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
