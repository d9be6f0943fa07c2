package dev.berth.controller.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.InMemoryStore;
import dev.berth.controller.store.LeaderElection;
import dev.berth.store.v1.StoredCluster;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.Workload;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The flows on a store in memory, and what happens when that fails.
final class ControllerLoopTest extends ControllerLoopContractTest {
  private final InMemoryStore shared = new InMemoryStore();

  @Override
  ClusterStore store() {
    return shared.store();
  }

  @Override
  LeaderElection election() {
    return shared.election();
  }

  private static CreateWorkloadRequest request(String name) {
    return CreateWorkloadRequest.newBuilder()
        .setWorkload(Workload.newBuilder().setName(name).setSpec(Specs.service(1)))
        .setRequestId("0e4e6ae4-4a4f-4d4d-9a49-0d9a1b6f0001")
        .build();
  }

  @Test
  void dropsTheDraftAndLoadsAgainWhenACommitFails() throws Exception {
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      cluster.create("kept", Specs.service(1));
      shared.failNextCommit("no answer");
      assertEquals(
          RefusalCode.UNAVAILABLE,
          cluster.refuse(r -> new ClusterEvent.CreateWorkload(r, request("lost"))));
      assertTrue(taken(cluster).startsWith("ended"));
      cluster.awaitLeadership();
      assertEquals(1, cluster.state().workloads().size());
    }
  }

  @Test
  void appliesARequestOfUnknownOutcomeOnceWhenItIsRepeated() throws Exception {
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      shared.loseNextAnswer("answer lost");
      assertEquals(
          RefusalCode.UNAVAILABLE,
          cluster.refuse(r -> new ClusterEvent.CreateWorkload(r, request("web"))));
      assertTrue(taken(cluster).startsWith("ended"));
      cluster.awaitLeadership();
      Workload found =
          cluster.succeed(Workload.class, r -> new ClusterEvent.CreateWorkload(r, request("web")));
      assertEquals(1, found.getRevision());
      assertEquals(1, cluster.state().workloads().size());
    }
  }

  @Test
  void givesUpTheLeadershipAfterAnUnexpectedExceptionAndSaysSo() throws Exception {
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      cluster.breakOnce();
      cluster.create("web", Specs.service(1));
      String said = taken(cluster);
      assertTrue(said.startsWith("ended unexpected exception"), said);
      cluster.awaitLeadership();
      assertEquals(1, cluster.state().workloads().size());
    }
  }

  @Test
  void endsWhenTheStoreHasALayoutThatIsNotItsOwn() throws Exception {
    shared.put("cluster", StoredCluster.newBuilder().setSchemaVersion(99).build().toByteString());
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      String reason = cluster.loop().failure().get(20, TimeUnit.SECONDS);
      assertTrue(reason.startsWith("the store has layout 99 and this controller knows"), reason);
      // Another, of the version that wrote it, can lead.
      election().resign(election().campaign());
    }
  }

  @Test
  void stopsServingWhenItsLeaseEnds() throws Exception {
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      long epoch = cluster.state().epoch();
      long revision = cluster.loop().snapshot().orElseThrow().revision();
      shared.endLease();
      assertTrue(taken(cluster).startsWith("ended"));
      cluster.awaitLeadership();
      assertTrue(cluster.state().epoch() > epoch);
      assertTrue(cluster.loop().snapshot().orElseThrow().revision() > revision);
    }
  }

  @Test
  void writesNothingWhileNothingHappens() throws Exception {
    try (LoopHarness cluster = new LoopHarness(store(), election())) {
      cluster.awaitLeadership();
      LoopHarness.Agent agent = cluster.connect(cluster.join("n1"));
      cluster.create("web", Specs.service(2));
      agent.await(assigned -> assigned.size() == 2);
      long commits = shared.commits();
      // Two ticks go by.
      assertEquals(null, agent.received.poll(600, TimeUnit.MILLISECONDS));
      assertEquals(commits, shared.commits());
    }
  }

  private static String taken(LoopHarness cluster) throws InterruptedException {
    String said = cluster.leadership.poll(20, TimeUnit.SECONDS);
    return said == null ? "nothing" : said;
  }
}
