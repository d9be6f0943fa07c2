package dev.berth.bench.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Eventually;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverloadIT {
  private static final int AGENTS = 50;
  private static final Duration BASELINE = Duration.ofSeconds(5);
  private static final Duration OVERLOAD = Duration.ofMinutes(2);

  @Test
  void threeTimesTheLoadIsNoticedByNoAgentAndGoodputReturnsWhenItEnds() throws Exception {
    // A lease that a busy machine keeps: the load shares it with the controller and etcd.
    try (FleetFixture cluster =
            new FleetFixture(AGENTS, RuntimeScript.PERFECT, "--election-ttl=60s");
        RequestLoad load = new RequestLoad(cluster.controller())) {
      var _ = load.measure(BASELINE);
      double usual = load.measure(BASELINE);
      RequestLoad.Counts counts = load.offer(3 * usual, OVERLOAD);
      assertEquals(Map.of(), counts.unexpected(), counts + ": refused otherwise than as overload");
      assertTrue(counts.answered() > 0, counts + ": something was answered all the same");
      assertTrue(counts.shed() + counts.held() > 0, counts + ": it was too much");
      assertEquals(AGENTS, cluster.fleet().sessions(), "all agents kept their sessions");
      var _ =
          Eventually.within(
              FleetFixture.LIMIT,
              "goodput is 90 % of the usual " + usual + " requests a second",
              () -> load.measure(BASELINE),
              goodput -> goodput >= 0.9 * usual);
      assertEquals(AGENTS, cluster.fleet().inSync());
    }
  }
}
