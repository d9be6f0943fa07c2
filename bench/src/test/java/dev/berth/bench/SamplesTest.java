package dev.berth.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static Samples of(long... millis) {
    Samples samples = new Samples();
    for (long one : millis) {
      samples.addNanos(one * 1_000_000);
    }
    return samples;
  }

  @Test
  void theMedianIsTheMiddleOrBetweenTheTwoInTheMiddle() {
    assertEquals(2, of(3, 1, 2).median());
    assertEquals(2.5, of(4, 1, 3, 2).median());
  }

  @Test
  void aPercentileIsASampleThatWasMeasured() {
    assertEquals(4, of(4, 1, 3, 2).percentile(0.99));
    assertEquals(2, of(4, 1, 3, 2).percentile(0.5));
    assertEquals(7, of(7).percentile(0.01));
  }

  @Test
  void nothingMeasuredIsNoMedian() {
    assertThrows(IllegalStateException.class, () -> of().median());
  }

  @Test
  void aReportEndsInOneLineOfJson() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Report report = new Report(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    report.line("a table");
    report.figure("berth_s", 2.5);
    report.figure("containers", 50);
    report.end();
    assertEquals(
        List.of("a table", "{\"berth_s\": 2.500, \"containers\": 50}"),
        bytes.toString(StandardCharsets.UTF_8).lines().toList());
  }

  @Test
  void wrongOptionsAreNamed() {
    Options defaults = new Options(50, 3);
    assertEquals(new Options(5, 3), Options.parse(List.of("--count", "5"), defaults));
    assertThrows(
        IllegalArgumentException.class, () -> Options.parse(List.of("--count", "0"), defaults));
    assertThrows(
        IllegalArgumentException.class, () -> Options.parse(List.of("--cuont", "1"), defaults));
  }
}
