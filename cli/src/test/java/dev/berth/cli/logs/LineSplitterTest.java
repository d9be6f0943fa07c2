package dev.berth.cli.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();
  private final LineSplitter splitter =
      new LineSplitter(line -> lines.add(new String(line, StandardCharsets.UTF_8)));

  @Test
  void putsLinesTogetherHoweverTheyAreCut() {
    long seed = Long.getLong("berth.seed", System.nanoTime());
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] text = "first é\n\nthird\nno end 中".getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 200; round++) {
      lines.clear();
      for (int at = 0; at < text.length; ) {
        int end = Math.min(text.length, at + random.nextInt(5));
        splitter.accept(java.util.Arrays.copyOfRange(text, at, end));
        at = end;
      }
      splitter.finish();
      assertEquals(List.of("first é", "", "third", "no end 中"), lines, "seed " + seed);
    }
  }

  @Test
  void cutsALineWithoutEndAt64Kilobytes() {
    byte[] piece = "x".repeat(32 * 1024).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 32; i++) {
      splitter.accept(piece);
    }
    assertEquals(15, lines.size());
    splitter.finish();
    assertEquals(1 << 20, lines.stream().mapToInt(String::length).sum());
  }
}
