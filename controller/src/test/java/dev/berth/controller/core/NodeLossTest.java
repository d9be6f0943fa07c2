package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.DeleteNodeRequest;
import dev.berth.v1.InstanceState;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.NodeState;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NodeLossTest {
  private static final InstanceState RUNNING = InstanceState.INSTANCE_STATE_RUNNING;

  private final CoreWorld world = new CoreWorld(2);

  private SimulatedNode homeOf(String workload) {
    SimulatedNode node = world.nodes.get(world.newest(workload, 1).node());
    if (node == null) {
      throw new AssertionError("no node");
    }
    return node;
  }

  private NodeState state(String name) {
    NodeRecord node = world.state().node(name);
    if (node == null) {
      throw new AssertionError("no node");
    }
    return node.state();
  }

  @Test
  void reschedulesInstancesOfALostNode() {
    world.node("n1", 4_000, 4_096);
    world.node("n2", 4_000, 4_096);
    world.create("web", Specs.service(1));
    world.settle();
    SimulatedNode home = homeOf("web");
    String first = world.newest("web", 1).id();
    home.mute();
    world.pass(7);
    assertEquals(NodeState.NODE_STATE_SUSPECT, state(home.name()));
    assertEquals(first, world.newest("web", 1).id());
    world.pass(14);
    assertEquals(NodeState.NODE_STATE_LOST, state(home.name()));
    world.settle();
    assertEquals(RUNNING, world.newest("web", 1).state());
    assertNotEquals(home.name(), world.newest("web", 1).node());
    assertTrue(home.containers.containsKey(first), "still runs on the lost node");
    home.connect();
    world.settle();
    assertTrue(home.containers.isEmpty(), "stopped when the node returned");
    assertEquals(NodeState.NODE_STATE_READY, state(home.name()));
  }

  @Test
  void holdsWhatIsToBeHeldUntilTheNodeReturns() {
    world.node("n1", 4_000, 4_096);
    world.node("n2", 4_000, 4_096);
    world.create("db", Specs.service(1).setLostPolicy(LostPolicy.LOST_POLICY_HOLD));
    world.settle();
    SimulatedNode home = homeOf("db");
    String id = world.newest("db", 1).id();
    home.mute();
    world.pass(100);
    assertEquals(NodeState.NODE_STATE_LOST, state(home.name()));
    assertEquals(id, world.newest("db", 1).id());
    assertEquals("NodeLost", world.newest("db", 1).message().getStatus().getReason());
    home.connect();
    world.settle();
    assertEquals(Map.of(1, RUNNING), world.states("db"));
    assertEquals(id, world.newest("db", 1).id());
    assertEquals("", world.newest("db", 1).message().getStatus().getReason());
  }

  @Test
  void grantsEveryNodeTheFullTimeAfterALeaderChange() {
    SimulatedNode n1 = world.node("n1", 4_000, 4_096);
    world.create("web", Specs.service(1));
    world.settle();
    n1.mute();
    world.pass(15);
    world.changeLeader();
    world.pass(19);
    assertEquals(NodeState.NODE_STATE_UNKNOWN, state("n1"));
    assertFalse(world.happened("Lost"));
    n1.connect();
    world.settle();
    assertEquals(Map.of(1, RUNNING), world.states("web"));
    assertEquals(1, n1.containers.size());
  }

  @Test
  void evictsNothingWhenManyNodesFallSilentTogether() {
    for (int i = 1; i <= 5; i++) {
      world.node("n" + i, 1_000, 4_096);
    }
    world.create("web", Specs.service(5).setPlacement(spread()));
    world.settle();
    for (int i = 1; i <= 3; i++) {
      mute("n" + i);
    }
    world.pass(300);
    assertEquals(NodeState.NODE_STATE_SUSPECT, state("n1"));
    assertFalse(world.happened("Lost"));
    connect("n1");
    world.settle();
    world.pass(1);
    assertEquals(NodeState.NODE_STATE_READY, state("n1"));
    assertEquals(NodeState.NODE_STATE_SUSPECT, state("n2"), "the others are given time to return");
    world.pass(19);
    assertEquals(NodeState.NODE_STATE_SUSPECT, state("n2"));
    world.pass(2);
    assertEquals(NodeState.NODE_STATE_LOST, state("n2"), "the return of some lifts the brake");
  }

  private void mute(String name) {
    world.nodes.values().stream().filter(n -> n.name().equals(name)).forEach(SimulatedNode::mute);
  }

  private void connect(String name) {
    world.nodes.values().stream()
        .filter(n -> n.name().equals(name))
        .forEach(SimulatedNode::connect);
  }

  private static dev.berth.v1.Placement.Builder spread() {
    return dev.berth.v1.Placement.newBuilder().addSpread("node.name");
  }

  @Test
  void finishesADeleteAlthoughTheNodeIsLost() {
    SimulatedNode n1 = world.node("n1", 4_000, 4_096);
    world.create("db", Specs.service(1).setLostPolicy(LostPolicy.LOST_POLICY_HOLD));
    world.settle();
    n1.mute();
    world.pass(30);
    world.succeed(r -> CoreWorld.deleting(r, "db"));
    assertTrue(world.state().workloads().isEmpty());
    n1.connect();
    world.settle();
    assertTrue(n1.containers.isEmpty());
  }

  @Test
  void removesALostNodeButNotOneThatHoldsInstances() {
    SimulatedNode n1 = world.node("n1", 4_000, 4_096);
    assertEquals(RefusalCode.FAILED_PRECONDITION, refuseDelete("n1"));
    world.create("db", Specs.service(1).setLostPolicy(LostPolicy.LOST_POLICY_HOLD));
    world.settle();
    n1.mute();
    world.pass(30);
    assertEquals(RefusalCode.FAILED_PRECONDITION, refuseDelete("n1"));
    world.succeed(r -> CoreWorld.deleting(r, "db"));
    world.succeed(r -> deleteNode(r, "n1"));
    assertTrue(world.state().nodes().isEmpty());
    n1.connect();
    Refusal refusal = n1.lastRefusal();
    assertTrue(refusal != null && refusal.code() == RefusalCode.PERMISSION_DENIED);
  }

  private RefusalCode refuseDelete(String name) {
    return world.refuse(r -> deleteNode(r, name)).code();
  }

  private static ClusterEvent.DeleteNode deleteNode(long r, String name) {
    return new ClusterEvent.DeleteNode(r, DeleteNodeRequest.newBuilder().setName(name).build());
  }

  @Test
  void replacesWhatACompleteListDoesNotKnowAnyMore() {
    SimulatedNode n1 = world.node("n1", 4_000, 4_096);
    world.create("web", Specs.service(1));
    world.settle();
    String first = world.newest("web", 1).id();
    n1.disconnect();
    n1.statuses.clear();
    n1.containers.clear();
    n1.connect();
    world.settle();
    world.pass(31);
    world.settle();
    assertNotEquals(first, world.newest("web", 1).id());
    assertEquals(RUNNING, world.newest("web", 1).state());
  }
}
