package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class QuantityTest {
  private static final long SEED = Long.getLong("berth.seed", System.nanoTime());
  private static final int CASES = 10_000;

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

  @Test
  void everyCpuReadsBackAsItself() {
    for (int i = 0; i < CASES; i++) {
      long millis = random.nextLong(1L << random.nextInt(1, 60));
      assertEquals(millis, Quantity.parseCpuMillis(Quantity.formatCpu(millis)), "seed " + SEED);
    }
  }

  @Test
  void everyMemoryReadsBackAsItself() {
    for (int i = 0; i < CASES; i++) {
      long unit = 1L << (10 * random.nextInt(5));
      long bytes = random.nextLong(1L << random.nextInt(1, 20)) * unit;
      assertEquals(bytes, Quantity.parseMemoryBytes(Quantity.formatMemory(bytes)), "seed " + SEED);
    }
  }

  @Test
  void everySpanReadsBackAsItself() {
    for (int i = 0; i < CASES; i++) {
      Duration span = Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 62)));
      assertEquals(span, Durations.parse(Durations.format(span)), "seed " + SEED);
    }
  }

  @Test
  void readsWhatPeopleWrite() {
    assertEquals(500, Quantity.parseCpuMillis("500m"));
    assertEquals(500, Quantity.parseCpuMillis("0.5"));
    assertEquals(2000, Quantity.parseCpuMillis("2"));
    assertEquals(256L << 20, Quantity.parseMemoryBytes("256m"));
    assertEquals(128L << 20, Quantity.parseMemoryBytes("128Mi"));
    assertEquals(3L << 29, Quantity.parseMemoryBytes("1.5GB"));
    assertEquals(1000, Quantity.parseMemoryBytes("1000"));
    assertEquals(Duration.ofMinutes(90), Durations.parse("1h30m"));
    assertEquals(Duration.ZERO, Durations.parse("0"));
    assertEquals("1.46Gi", Quantity.roundedMemory(1_567_000_000));
    assertEquals("0B", Quantity.roundedMemory(0));
    assertEquals("512Mi", Quantity.roundedMemory(512L << 20));
  }

  @Test
  void refusesWhatIsNoAmount() {
    for (String bad :
        List.of(
            "",
            "m",
            "-1",
            "+1",
            "1e3",
            "1e999",
            ".5",
            "1.",
            "1.2.3",
            "0x10",
            "1 ",
            "NaN",
            "½",
            "٣",
            "0.0001",
            "9".repeat(40))) {
      assertThrows(IllegalArgumentException.class, () -> Quantity.parseCpuMillis(bad), bad);
    }
    for (String bad :
        List.of("", "Mi", "1Pi", "1Mii", "-1", "1e9", "1 Mi", "0.1b", "9".repeat(30))) {
      assertThrows(IllegalArgumentException.class, () -> Quantity.parseMemoryBytes(bad), bad);
    }
    for (String bad :
        List.of("", "10", "s", "1s1h", "1s1s", "-1s", "1.5s", "1 s", "99999999999d")) {
      assertThrows(IllegalArgumentException.class, () -> Durations.parse(bad), bad);
    }
  }
}
