package dev.berth.controller.core.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeRecord.Liveness;
import dev.berth.v1.Node;
import dev.berth.v1.NodeState;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class NodeLifecycleTest {
  private static final long SUSPECT = 6_000;
  private static final long LOST = 20_000;

  private final NodeLifecycle lifecycle = new NodeLifecycle(SUSPECT, LOST);
  private ClusterState state = ClusterState.empty("c", 1);

  @Test
  void callsASilentNodeSuspectAndThenLostAlsoWhenOthersAreHeardInBetween() {
    nodes(10, NodeState.NODE_STATE_READY, 0);
    assertEquals(List.of(), lifecycle.elapsed(state, SUSPECT - 1));
    for (long now = 0; now < SUSPECT; now += 250) {
      assertEquals(List.of(), lifecycle.elapsed(state, now));
      hearAllBut("n0", now);
    }
    assertEquals(List.of("n0 SUSPECT"), step(SUSPECT));
    hearAllBut("n0", LOST - 1);
    assertEquals(List.of(), step(LOST - 1));
    assertEquals(List.of("n0 LOST"), step(LOST));
    assertEquals(List.of(), step(LOST + 1));
  }

  @Test
  void doesNotEvictWhenManyOfManyThousandNodesFallSilentTogether() {
    nodes(20_000, NodeState.NODE_STATE_SUSPECT, 0);
    long begun = System.nanoTime();
    List<NodeRecord> changed = lifecycle.elapsed(state, LOST);
    assertEquals(20_000, changed.size());
    assertTrue(changed.stream().allMatch(node -> node.state() == NodeState.NODE_STATE_SUSPECT));
    assertTrue(changed.getFirst().liveness().note().contains("together with many"));
    // Counting anew for each silent node takes a minute.
    assertTrue(System.nanoTime() - begun < 20_000_000_000L);
  }

  @Test
  void whoReturnsSecondAfterALossOfManyHasTheTimeOfWhoJustFellSilent() {
    nodes(10, NodeState.NODE_STATE_SUSPECT, 0);
    assertEquals(List.of("n0 SUSPECT"), step(LOST));
    hearAllBut("n0", 100_000);
    assertEquals(List.of("n0 SUSPECT"), step(100_000));
    hearAllBut("n0", 100_000 + LOST - 1);
    assertEquals(List.of(), step(100_000 + LOST - 1));
    hearAllBut("n0", 100_000 + LOST);
    assertEquals(List.of("n0 LOST"), step(100_000 + LOST));
  }

  @Test
  void countsOnlyThoseThatFellSilentAtAboutTheSameTime() {
    nodes(10, NodeState.NODE_STATE_SUSPECT, 0);
    hearAllBut("n0", 60_001);
    assertEquals(List.of("n0 LOST"), step(60_001 + SUSPECT));
    state = ClusterState.empty("c", 2);
    nodes(10, NodeState.NODE_STATE_SUSPECT, 0);
    hearAllBut("n0", 60_000);
    assertEquals(List.of("n0 SUSPECT"), step(60_000 + SUSPECT));
  }

  @Test
  void whoIsExpectedIsNotLostWhileOthersReturn() {
    nodes(100, NodeState.NODE_STATE_UNKNOWN, 0);
    long now = 0;
    for (int i = 99; i > 0; i--, now += LOST / 2 - 1) {
      assertEquals(List.of(), step(now), "at " + now + " ms");
      hearAllFrom(i, now);
    }
    assertEquals(List.of(), step(now));
    hearAllFrom(1, now + LOST / 2 - 1);
    assertEquals(List.of(), step(now + LOST / 2 - 1));
    assertEquals(List.of("n0 LOST"), step(now + LOST / 2));
  }

  @Test
  void whoIsToBeHeardSeldomIsSuspectLaterAndDoesNotCountAsSilentBefore() {
    nodes(10, NodeState.NODE_STATE_READY, 0);
    for (NodeRecord node : List.copyOf(state.nodes().values())) {
      Liveness liveness = node.liveness();
      state = state.plus(node.with(liveness.with(liveness.session().followedBy(7, 8_000))));
    }
    assertEquals(List.of(), step(11_999));
    hearAllBut("n0", 12_000);
    assertEquals(List.of("n0 SUSPECT"), step(12_000));
    assertEquals(List.of("n0 LOST"), step(LOST));
  }

  private List<String> step(long now) {
    List<NodeRecord> changed = lifecycle.elapsed(state, now);
    changed.forEach(node -> state = state.plus(node));
    return changed.stream()
        .filter(node -> node.name().equals("n0"))
        .map(node -> node.name() + " " + node.state().name().substring("NODE_STATE_".length()))
        .toList();
  }

  private void nodes(int count, NodeState in, long heard) {
    for (int i = 0; i < count; i++) {
      state =
          state.plus(
              new NodeRecord(
                  Node.newBuilder().setName("n" + i).build(),
                  1,
                  new Liveness(in, "", heard, null, Liveness.unheard(0).session())));
    }
  }

  private void hearAllFrom(int first, long now) {
    hear(node -> Integer.parseInt(node.name().substring(1)) >= first, now);
  }

  private void hearAllBut(String name, long now) {
    hear(node -> !node.name().equals(name), now);
  }

  private void hear(Predicate<NodeRecord> which, long now) {
    for (NodeRecord node : List.copyOf(state.nodes().values())) {
      if (which.test(node)) {
        state =
            state.plus(
                node.with(
                    new Liveness(
                        NodeState.NODE_STATE_READY, "", now, null, node.liveness().session())));
      }
    }
  }
}
