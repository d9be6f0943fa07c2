package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.FenceNodeRequest;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.NodeState;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.WorkloadSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is held or fenced while its node is lost, and what an operator can say of the node.
final class FenceTest {
  private static final InstanceState RUNNING = InstanceState.INSTANCE_STATE_RUNNING;

  // Of CoreSettings.DEFAULT.
  private static final long FENCE_SECONDS = 15;
  private static final long LOST_SECONDS = 20;

  private final CoreWorld world = new CoreWorld(12);

  private SimulatedNode run(WorkloadSpec.Builder spec) {
    world.node("n1", 4_000, 4_096);
    world.node("n2", 4_000, 4_096);
    world.create("db", spec);
    world.settle();
    world.pass(1);
    SimulatedNode home = world.nodes.get(world.newest("db", 1).node());
    if (home == null) {
      throw new AssertionError("no node");
    }
    return home;
  }

  private static WorkloadSpec.Builder fenced(long graceSeconds) {
    return Specs.service(1)
        .setLostPolicy(LostPolicy.LOST_POLICY_FENCE)
        .setStopGrace(Duration.newBuilder().setSeconds(graceSeconds));
  }

  private static WorkloadSpec.Builder held() {
    return Specs.service(1).setLostPolicy(LostPolicy.LOST_POLICY_HOLD);
  }

  private NodeRecord node(String name) {
    NodeRecord node = world.state().node(name);
    if (node == null) {
      throw new AssertionError("no node " + name);
    }
    return node;
  }

  private Outcome fence(String name) {
    return world.request(
        r -> new ClusterEvent.FenceNode(r, FenceNodeRequest.newBuilder().setName(name).build()));
  }

  @Test
  void replacesWhatIsFencedOnlyWhenItHasCertainlyEnded() {
    for (long grace : new long[] {1, 10, 60, 600}) {
      CoreWorld own = new CoreWorld(grace);
      SimulatedNode home = own.node("n1", 4_000, 4_096);
      own.create("db", fenced(grace));
      own.settle();
      own.node("n2", 4_000, 4_096);
      own.pass(1);
      String first = own.newest("db", 1).id();
      home.mute();
      long earliest = Math.max(LOST_SECONDS - 1, FENCE_SECONDS + grace);
      own.pass(earliest);
      assertEquals(first, own.newest("db", 1).id(), "too early, grace " + grace);
      long latest = (FENCE_SECONDS + grace) * 101 / 100 + 3;
      own.pass(Math.max(2, latest - earliest + 1));
      own.settle();
      assertNotEquals(first, own.newest("db", 1).id(), "too late, grace " + grace);
      assertEquals("n2", own.newest("db", 1).node());
      assertEquals(RUNNING, own.newest("db", 1).state());
    }
  }

  @Test
  void keepsWhatIsFencedWhenItsNodeReturnsInTime() {
    SimulatedNode home = run(fenced(60));
    String first = world.newest("db", 1).id();
    home.mute();
    world.pass(LOST_SECONDS + 2);
    assertEquals(NodeState.NODE_STATE_LOST, node(home.name()).state());
    assertEquals("NodeLost", world.newest("db", 1).message().getStatus().getReason());
    home.connect();
    world.settle();
    world.pass(200);
    assertEquals(first, world.newest("db", 1).id());
    assertEquals("", world.newest("db", 1).message().getStatus().getReason());
  }

  @Test
  void startsTheFenceAnewAfterALeaderChange() {
    SimulatedNode home = run(fenced(10));
    String first = world.newest("db", 1).id();
    home.mute();
    world.pass(18);
    world.changeLeader();
    world.nodes.values().stream().filter(each -> each != home).forEach(SimulatedNode::connect);
    world.pass(FENCE_SECONDS + 10);
    assertEquals(first, world.newest("db", 1).id(), "nobody knows when it was heard last");
    world.pass(5);
    world.settle();
    assertNotEquals(first, world.newest("db", 1).id());
  }

  @Test
  void fencesOnlyNodesThatAreNotHeard() {
    SimulatedNode home = run(held());
    assertTrue(fence(home.name()) instanceof Outcome.Refused, "ready");
    home.mute();
    world.pass(7);
    assertEquals(NodeState.NODE_STATE_SUSPECT, node(home.name()).state());
    assertTrue(fence(home.name()) instanceof Outcome.Refused, "suspect");
    assertTrue(fence("nobody") instanceof Outcome.Refused);
    world.pass(20);
    assertTrue(fence(home.name()) instanceof Outcome.Success, "lost");
    assertTrue(fence(home.name()) instanceof Outcome.Success, "again");
  }

  @Test
  void fencesANodeThatTheLeaderHasNotHeardYet() {
    SimulatedNode home = run(held());
    String first = world.newest("db", 1).id();
    world.changeLeader();
    world.nodes.values().stream().filter(each -> each != home).forEach(SimulatedNode::connect);
    assertTrue(fence(home.name()) instanceof Outcome.Success);
    world.settle();
    assertNotEquals(first, world.newest("db", 1).id());
    assertEquals(RUNNING, world.newest("db", 1).state());
  }

  @Test
  void replacesWhatIsHeldForAFencedNodeAndStopsItWhenTheNodeReturns() {
    SimulatedNode home = run(held());
    String first = world.newest("db", 1).id();
    home.mute();
    world.pass(30);
    assertEquals(first, world.newest("db", 1).id());
    fence(home.name());
    world.settle();
    assertNotEquals(first, world.newest("db", 1).id());
    assertNotEquals(home.name(), world.newest("db", 1).node());
    assertTrue(home.containers.containsKey(first), "it lived after all");
    home.connect();
    world.settle();
    assertFalse(home.containers.containsKey(first), "the one that is older ends");
    assertEquals(Map.of(1, RUNNING), world.states("db"));
    assertFalse(node(home.name()).isFenced(), "the flag is for one absence");
    String second = world.newest("db", 1).id();
    SimulatedNode next = world.nodes.get(world.newest("db", 1).node());
    assertTrue(next != null);
    if (next != null) {
      next.mute();
      world.pass(60);
      assertEquals(second, world.newest("db", 1).id(), "held again");
    }
  }

  @Test
  void keepsTheFenceOverALeaderChange() {
    SimulatedNode home = run(held());
    home.mute();
    world.pass(30);
    fence(home.name());
    world.changeLeader();
    assertTrue(node(home.name()).isFenced());
    world.nodes.values().stream().filter(each -> each != home).forEach(SimulatedNode::connect);
    world.settle();
    assertEquals(RUNNING, world.newest("db", 1).state());
    assertNotEquals(home.name(), world.newest("db", 1).node());
  }

  private void endsFenced(SimulatedNode home) {
    String id = world.newest("db", 1).id();
    home.containers.remove(id);
    home.statuses.put(
        id,
        InstanceStatus.newBuilder()
            .setState(InstanceState.INSTANCE_STATE_FAILED)
            .setReason("Fenced")
            .setMessage("Stopped: no contact with the controller.")
            .build());
  }

  @Test
  void replacesWhatItsAgentFencedAtOnceAndForgivesIt() {
    SimulatedNode home = run(fenced(10).setReplicas(1));
    String first = world.newest("db", 1).id();
    home.disconnect();
    endsFenced(home);
    home.connect();
    world.settle();
    assertNotEquals(first, world.newest("db", 1).id(), "without a delay");
    assertEquals(RUNNING, world.newest("db", 1).state());
    assertEquals(0, world.newest("db", 1).attempt().failures());
  }

  @Test
  void startsAgainWhatItsAgentFencedAlthoughItIsNeverRestarted() {
    SimulatedNode home =
        run(
            Specs.batch(1)
                .setLostPolicy(LostPolicy.LOST_POLICY_FENCE)
                .setRestart(
                    RestartPolicy.newBuilder()
                        .setCondition(RestartCondition.RESTART_CONDITION_NEVER)));
    String first = world.newest("db", 1).id();
    home.disconnect();
    endsFenced(home);
    home.connect();
    world.settle();
    assertNotEquals(first, world.newest("db", 1).id());
    assertEquals(RUNNING, world.newest("db", 1).state());
  }

  @Test
  void waitsWithWhatFailedByItself() {
    SimulatedNode home = run(Specs.service(1));
    String first = world.newest("db", 1).id();
    home.end(first, InstanceState.INSTANCE_STATE_FAILED);
    world.settle();
    assertEquals(first, world.newest("db", 1).id());
    world.pass(31);
    assertNotEquals(first, world.newest("db", 1).id());
    assertEquals(1, world.newest("db", 1).attempt().failures());
  }
}
