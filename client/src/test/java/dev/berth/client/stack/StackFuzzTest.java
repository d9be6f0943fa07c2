package dev.berth.client.stack;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.spec.Printable;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Damaged files are read or refused, never anything else, and what is said of them is harmless.
class StackFuzzTest {
  private static final int CASES = 5_000;
  private static final String GOOD =
      """
      stack: shop
      workloads:
        web:
          replicas: 3
          container: {image: "shop:2.1", command: ["serve", 'x'], env: {A: "\\u0041", B: no}}
          ports: {http: {target: 8080, publish: 80}}
          mounts:
            - {target: /data, volume: v}
          resources: {cpu: 0.5, memory: 128Mi}
          restart: {condition: on-failure, attempts: 5, window: 1h}
          stopGrace: 30s
          placement: {require: ["node.arch in [a, 'b']"], spread: [node.labels.zone]}
      """;
  private static final String[] PIECES = {
    "&a ",
    "*a ",
    "!!str ",
    "!",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "- ",
    ": ",
    "? ",
    "| \n",
    "> \n",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "#",
    "\t",
    "\r",
    "\n",
    "~",
    "<<: ",
    "1e999",
    "-1",
    "\u202e",
    "\uFEFF",
    "\0",
    "\\x",
    "\ud83d",
    "vm: {}\n",
    "no"
  };

  @Test
  void damagedFilesAreReadOrRefused() {
    long seed = Long.getLong("berth.seed", System.nanoTime());
    System.err.println("StackFuzzTest: -Dberth.seed=" + seed);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] damaged = damage(random);
      try {
        var _ = StackFile.read("case", damaged);
      } catch (StackException e) {
        refused++;
        assertFalse(e.problems().isEmpty(), "seed " + seed + ", case " + i);
        e.problems()
            .forEach(
                problem -> assertTrue(Printable.isSafe(problem.toString()), problem::toString));
      }
    }
    assertTrue(refused > CASES / 2, "only " + refused + " were refused");
  }

  private static byte[] damage(RandomGenerator random) {
    StringBuilder text = new StringBuilder(GOOD);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 1 -> text.deleteCharAt(at);
        case 2 -> text.setCharAt(at, (char) random.nextInt(0x180));
        default -> text.insert(at, text, at, Math.min(text.length(), at + random.nextInt(80)));
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
