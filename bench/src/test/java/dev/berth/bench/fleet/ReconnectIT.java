package dev.berth.bench.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Http;
import org.junit.jupiter.api.Test;

class ReconnectIT {
  private static final int AGENTS = 1_000;

  @Test
  void aThousandAgentsComeBackToARestartedControllerWhoseHeapStaysSmall() throws Exception {
    try (FleetFixture cluster = new FleetFixture(AGENTS, RuntimeScript.PERFECT);
        Api api = cluster.api()) {
      var _ = api.workloads().createWorkload(FleetFixture.service("web", 3 * AGENTS));
      cluster.awaitRunning(3 * AGENTS);
      double before = heap(cluster);
      cluster.controller().restart();
      cluster.awaitInSync();
      cluster.awaitRunning(3 * AGENTS);
      assertTrue(heap(cluster) <= 1.5 * before, heap(cluster) + " bytes; before: " + before);
      assertEquals(3 * AGENTS, cluster.fleet().starts(), "nothing was started again");
    }
  }

  /// Bytes of heap that the controller holds.
  private static double heap(FleetFixture cluster) {
    return Http.get("http://" + cluster.controller().metrics() + "/metrics")
        .lines()
        .filter(
            line -> line.startsWith("jvm_memory_committed_bytes") && line.contains("area=\"heap\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}
