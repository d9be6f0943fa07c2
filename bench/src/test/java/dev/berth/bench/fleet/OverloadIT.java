package dev.berth.bench.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Eventually;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OverloadIT {
  private static final Duration BASELINE = Duration.ofSeconds(5);
  private static final Duration OVERLOAD = Duration.ofSeconds(20);
  private static final Duration RECOVERY = Duration.ofSeconds(60);

  @Test
  void threeTimesTheLoadIsShedAndGoodputReturnsWhenItEnds() throws Exception {
    try (FleetFixture cluster = new FleetFixture(50, RuntimeScript.PERFECT, "--election-ttl=10s");
        RequestLoad load = new RequestLoad(cluster.controller())) {
      var _ = load.measure(BASELINE);
      double usual = load.measure(BASELINE);
      RequestLoad.Counts counts = load.offer(3 * usual, OVERLOAD);
      assertEquals(0, counts.unexpected(), counts + ": refused otherwise than as overload");
      assertTrue(counts.answered() > 0, "something was answered all the same");
      assertEquals(50, cluster.fleet().inSync(), "agents kept their sessions");
      var _ =
          Eventually.within(
              RECOVERY,
              "goodput is 90 % of the usual " + usual + " requests a second",
              () -> load.measure(BASELINE),
              goodput -> goodput >= 0.9 * usual);
      assertEquals(50, cluster.fleet().inSync());
    }
  }
}
