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

  // Less than the three seconds after which a controller gives up a write.
  private static final Duration HANG = Duration.ofSeconds(1);

  // A lease that a busy machine keeps: the load shares it with the controller and etcd.
  private static final String LEASE = "--election-ttl=60s";

  @Test
  void threeTimesTheLoadIsNoticedByNoAgentAndGoodputReturnsWhenItEnds() throws Exception {
    try (FleetFixture cluster = new FleetFixture(AGENTS, RuntimeScript.PERFECT, LEASE);
        RequestLoad load = RequestLoad.ofNothingNew(cluster.controller())) {
      var _ = load.measure(BASELINE);
      double usual = load.measure(BASELINE);
      RequestLoad.Counts counts = load.offer(3 * usual, OVERLOAD, () -> {});
      assertTrue(counts.answered() > 0, counts + ": something was answered all the same");
      assertTrue(
          counts.refused() + counts.unanswered() + counts.held() > 0, counts + ": it was too much");
      assertWentOnAsBefore(cluster, load, usual, counts);
    }
  }

  @Test
  void whatIsTooMuchWhileEtcdHangsIsRefusedAtOnceAndNoticedByNoAgent() throws Exception {
    try (FleetFixture cluster = new FleetFixture(AGENTS, RuntimeScript.PERFECT, LEASE);
        RequestLoad load = RequestLoad.ofWrites(cluster.controller())) {
      var _ = load.measure(BASELINE);
      double usual = load.measure(BASELINE);
      cluster.etcd().signal("STOP");
      RequestLoad.Counts counts = load.offer(20 * usual, HANG, () -> cluster.etcd().signal("CONT"));
      assertTrue(counts.refused() > 0, counts + ": more than the loop lets wait");
      assertTrue(counts.answered() > 0, counts + ": what waited was carried out after all");
      assertWentOnAsBefore(cluster, load, usual, counts);
    }
  }

  private static void assertWentOnAsBefore(
      FleetFixture cluster, RequestLoad load, double usual, RequestLoad.Counts counts) {
    assertEquals(Map.of(), counts.unexpected(), counts + ": refused otherwise than as overload");
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
