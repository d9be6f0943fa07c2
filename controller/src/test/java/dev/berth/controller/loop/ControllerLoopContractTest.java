package dev.berth.controller.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.LeaderElection;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.DesiredState;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Node;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.Workload;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The main flows through the real loop, on whatever store.
@Timeout(120)
abstract class ControllerLoopContractTest {
  abstract ClusterStore store();

  abstract LeaderElection election();

  @Test
  void placesAndAssignsWhatIsCreated() throws Exception {
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      Node node = cluster.join("n1");
      LoopHarness.Agent agent = cluster.connect(node);
      Workload web = cluster.create("web", Specs.service(3));
      assertEquals(3, web.getStatus().getDesired());
      agent.await(assigned -> assigned.size() == 3);
      for (String id : agent.assigned.keySet()) {
        agent.report(id, InstanceState.INSTANCE_STATE_RUNNING);
      }
      awaitRunning(cluster, 3);
      cluster.succeed(
          Workload.class,
          r ->
              new ClusterEvent.ScaleWorkload(
                  r, ScaleWorkloadRequest.newBuilder().setName("web").setReplicas(1).build()));
      agent.await(
          assigned ->
              assigned.values().stream()
                      .filter(i -> i.getDesiredState() == DesiredState.DESIRED_STATE_STOP)
                      .count()
                  == 2);
    }
  }

  @Test
  void findsEverythingAgainAfterARestart() throws Exception {
    Node node;
    Set<String> before;
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      node = cluster.join("n1");
      LoopHarness.Agent agent = cluster.connect(node);
      cluster.create("web", Specs.service(2));
      cluster.create("gone", Specs.service(1));
      agent.await(assigned -> assigned.size() == 3);
      delete(cluster, "gone");
      agent.await(
          assigned ->
              assigned.values().stream()
                  .anyMatch(i -> i.getDesiredState() == DesiredState.DESIRED_STATE_STOP));
      String stopping =
          agent.assigned.values().stream()
              .filter(i -> i.getDesiredState() == DesiredState.DESIRED_STATE_STOP)
              .findFirst()
              .orElseThrow()
              .getInstanceId();
      agent.report(stopping, InstanceState.INSTANCE_STATE_STOPPED);
      agent.await(assigned -> assigned.size() == 2);
      before = new TreeSet<>(agent.assigned.keySet());
    }
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      assertEquals(1, cluster.state().workloads().size());
      LoopHarness.Agent agent = cluster.connect(node);
      agent.await(assigned -> assigned.size() == 2);
      assertEquals(before, new TreeSet<>(agent.assigned.keySet()));
    }
  }

  @Test
  void answersOnlyOnceDurableAndReadsItsOwnWrites() throws Exception {
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      for (int i = 0; i < 50; i++) {
        Workload made = cluster.create("w" + i, Specs.service(1));
        assertTrue(
            cluster.state().workloads().values().stream()
                .anyMatch(w -> w.message().getUid().equals(made.getUid())));
      }
      assertEquals(
          RefusalCode.NOT_FOUND,
          cluster.refuse(
              r ->
                  new ClusterEvent.DeleteWorkload(
                      r, DeleteWorkloadRequest.newBuilder().setName("none").build())));
    }
  }

  static void delete(LoopHarness cluster, String name) throws Exception {
    cluster.succeed(
        Workload.class,
        r ->
            new ClusterEvent.DeleteWorkload(
                r, DeleteWorkloadRequest.newBuilder().setName(name).setForce(true).build()));
  }

  static void awaitRunning(LoopHarness cluster, int count) throws InterruptedException {
    long end = System.nanoTime() + LoopHarness.LIMIT.toNanos();
    while (cluster.state().instances().values().stream()
            .filter(i -> i.state() == InstanceState.INSTANCE_STATE_RUNNING)
            .count()
        != count) {
      if (cluster.changes.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS) == null) {
        throw new AssertionError("not " + count + " running: " + cluster.state().instances());
      }
    }
  }
}
