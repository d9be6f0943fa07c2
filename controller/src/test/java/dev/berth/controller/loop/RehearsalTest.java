package dev.berth.controller.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.store.InMemoryStore;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StateCodec;
import dev.berth.controller.store.StoreException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  private final InMemoryStore shared = new InMemoryStore();

  @Test
  void playsWhatALeaderDoesWithoutAnyOfItBeingSeen() throws Exception {
    try (LoopHarness cluster = new LoopHarness(shared.store(), shared.election())) {
      cluster.awaitLeadership();
      LoopHarness.Agent agent = cluster.connect(cluster.join("n1"));
      cluster.create("web", Specs.service(2));
      agent.await(assigned -> assigned.size() == 2);
      Rehearsal.Played played = Rehearsal.play(stored(cluster), CoreSettings.DEFAULT);
      assertTrue(played.rounds() > 0);
      assertEquals(0, played.refusals(), "it went as a real leader's turns would");
      assertEquals(1, cluster.state().workloads().size());
    }
  }

  /// As a follower knows it.
  private ClusterState stored(LoopHarness cluster) throws StoreException {
    long epoch = cluster.state().epoch();
    ClusterState state =
        StateCodec.decode(
            shared.store().load(new LeaderTerm(epoch, 0)), 0, LoopClock.system().now());
    return Objects.requireNonNull(state);
  }

  @Test
  void playsInAnEmptyClusterToo() throws Exception {
    Rehearsal.Played played = Rehearsal.play(ClusterState.empty("uid", 0), CoreSettings.DEFAULT);
    assertEquals(0, played.refusals());
    assertTrue(played.rounds() > 0);
  }
}
