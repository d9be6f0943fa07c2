package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.ContainerView;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.NodeState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Invariants 3, 4 and 9, judged from the three Docker daemons.
class ThreeHostsIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(3)
              .controller("--heartbeat-interval=1s", "--suspect-timeout=5s", "--lost-timeout=12s"));

  private static final Duration HEAL_LIMIT = Duration.ofMinutes(1);
  private static final String STACK =
      """
      stack: shop
      workloads:
        web: {replicas: 3, container: {image: "berth/demo"}, placement: {spread: [node.name]},
              ports: {http: {target: 80}}}
        api: {replicas: 3, container: {image: "berth/demo"}, placement: {spread: [node.name]}}
        worker: {replicas: 2, container: {image: "berth/demo"}, placement: {spread: [node.name]}}
        cache: {replicas: 1, container: {image: "berth/demo"}, placement: {spread: [node.name]}}
        db: {replicas: 3, lostPolicy: hold, container: {image: "berth/demo"},
             placement: {spread: [node.name]}}
      """;

  private static List<String> wanted(int web) {
    return Stream.of(
            slots("web", web),
            slots("api", 3),
            slots("worker", 2),
            slots("cache", 1),
            slots("db", 3))
        .flatMap(List::stream)
        .sorted()
        .toList();
  }

  private static List<String> slots(String workload, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> workload + "." + i).toList();
  }

  /// Slots that run on some hosts, one entry for each container.
  private static List<String> running(List<Berthed> hosts) {
    List<String> all = new ArrayList<>();
    for (Berthed host : hosts) {
      host.docker().probe().running().stream().map(ContainerView::slot).forEach(all::add);
    }
    return all.stream().sorted().toList();
  }

  private static NodeState state(String node) {
    return CLUSTER
        .get()
        .api()
        .nodes()
        .getNode(GetNodeRequest.newBuilder().setName(node).build())
        .getState();
  }

  private static void awaitState(String node, NodeState wanted) {
    Eventually.until(node + " is " + wanted, () -> state(node), wanted::equals);
  }

  @Test
  void aStackSpreadsScalesAndSurvivesTheLossOfAHostWithEachSlotOnceAfterTheHeal() {
    Cluster cluster = CLUSTER.get();
    Path file = cluster.work().file("shop.yaml", STACK);
    cluster.hosts().forEach(host -> awaitState(host.name(), NodeState.NODE_STATE_READY));
    cluster.cli().output("apply", "-f", file.toString());
    Eventually.until("the stack runs", () -> running(cluster.hosts()), wanted(3)::equals);
    assertSpread(cluster);

    cluster.cli().output("scale", "web=9");
    Eventually.until("web has nine", () -> running(cluster.hosts()), wanted(9)::equals);
    cluster.cli().output("scale", "web=6");
    Eventually.until("web has six", () -> running(cluster.hosts()), wanted(6)::equals);
    assertSpread(cluster);

    Berthed lost = cluster.hosts().get(1);
    List<Berthed> others = List.of(cluster.hosts().get(0), cluster.hosts().get(2));
    List<String> held =
        lost.docker().probe().running("db").stream().map(ContainerView::slot).toList();
    assertFalse(held.isEmpty(), "db spreads, so the lost host has one of its slots");
    List<String> elsewhere = new ArrayList<>(wanted(6));
    elsewhere.removeAll(held);

    try (HoldWatch watch = new HoldWatch(cluster)) {
      lost.docker().link().disconnect();
      awaitState(lost.name(), NodeState.NODE_STATE_SUSPECT);
      awaitState(lost.name(), NodeState.NODE_STATE_LOST);
      Eventually.until("all but db run elsewhere", () -> running(others), elsewhere::equals);
      assertTrue(
          running(List.of(lost)).containsAll(held), "what is held goes on running where it is");

      lost.docker().link().reconnect();
      awaitState(lost.name(), NodeState.NODE_STATE_READY);
      Eventually.within(
          HEAL_LIMIT, "each slot once", () -> running(cluster.hosts()), wanted(6)::equals);
      Eventually.always(
          Duration.ofSeconds(5),
          "each slot once",
          () -> running(cluster.hosts()),
          wanted(6)::equals);
      assertEquals(List.of(), watch.doubles(), "slots that are held ran twice");
    }
  }

  private static void assertSpread(Cluster cluster) {
    for (Berthed host : cluster.hosts()) {
      assertTrue(
          host.docker().probe().running("web").size() >= 1, host.name() + " has a slot of web");
      assertEquals(1, host.docker().probe().running("db").size(), host.name() + " has one of db");
    }
  }

  /// Looks all the time whether a slot of db runs twice.
  private static final class HoldWatch implements AutoCloseable {
    private final Cluster cluster;
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<String> doubles = new ArrayList<>();
    private final CompletableFuture<Void> watching;

    HoldWatch(Cluster cluster) {
      this.cluster = cluster;
      // Begins last: it reads what was set before.
      this.watching = CompletableFuture.runAsync(this::watch);
    }

    List<String> doubles() {
      close();
      return doubles;
    }

    @Override
    public void close() {
      over.set(true);
      watching.join();
    }

    private void watch() {
      TreeSet<String> found = new TreeSet<>();
      while (!over.get()) {
        TreeMap<String, Integer> counts = new TreeMap<>();
        cluster.containers("db").forEach(c -> counts.merge(c.slot(), 1, Integer::sum));
        counts.forEach(
            (slot, count) -> {
              if (count > 1) {
                found.add(slot);
              }
            });
      }
      doubles.addAll(found);
    }
  }
}
