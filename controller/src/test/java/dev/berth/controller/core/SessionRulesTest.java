package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.Specs;
import dev.berth.v1.InstanceState;
import dev.berth.v1.StatusReport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SessionRulesTest {
  private static final InstanceState RUNNING = InstanceState.INSTANCE_STATE_RUNNING;

  private final CoreWorld world = new CoreWorld(3);
  private SimulatedNode n1;
  private SimulatedNode n2;

  @BeforeEach
  void joinNodes() {
    n1 = world.node("n1", 4_000, 4_096);
    n2 = world.node("n2", 4_000, 4_096);
  }

  private static RefusalCode code(SimulatedNode node) {
    Refusal refusal = node.lastRefusal();
    if (refusal == null) {
      throw new AssertionError("was not refused");
    }
    return refusal.code();
  }

  @Test
  void refusesAHelloForAnotherNodeOrIdentity() {
    n1.connect(n1.hello().setNodeUid("00000000-0000-4000-8000-000000000000"));
    assertEquals(RefusalCode.PERMISSION_DENIED, code(n1));
    n2.connect(n2.hello().setNode("n1"));
    assertEquals(RefusalCode.PERMISSION_DENIED, code(n2));
  }

  @Test
  void refusesAnAgentOfAnotherClusterOrOfALaterEpoch() {
    n1.connect(n1.hello().setClusterUid("other"));
    assertEquals(RefusalCode.FAILED_PRECONDITION, code(n1));
    n2.connect(n2.hello().setHighestEpoch(CoreWorld.EPOCH + 1));
    assertEquals(RefusalCode.FAILED_PRECONDITION, code(n2));
  }

  @Test
  void refusesToHearOfAnotherNodesInstance() {
    world.create("web", Specs.service(1));
    world.settle();
    String id = world.newest("web", 1).id();
    SimulatedNode other = world.newest("web", 1).node().equals("n1") ? n2 : n1;
    other.report(
        SimulatedNode.report(id, SimulatedNode.status(InstanceState.INSTANCE_STATE_FAILED)));
    assertEquals(RefusalCode.PERMISSION_DENIED, code(other));
    assertEquals(RUNNING, world.newest("web", 1).state());
  }

  @Test
  void refusesStatesThatOnlyTheControllerWrites() {
    world.create("web", Specs.service(1));
    world.settle();
    SimulatedNode home = world.newest("web", 1).node().equals("n1") ? n1 : n2;
    home.report(
        SimulatedNode.report(
            world.newest("web", 1).id(), SimulatedNode.status(InstanceState.INSTANCE_STATE_LOST)));
    assertEquals(RefusalCode.FAILED_PRECONDITION, code(home));
    assertEquals(RUNNING, world.newest("web", 1).state());
  }

  @Test
  void ignoresStatesThatGoBack() {
    world.create("web", Specs.service(1));
    world.settle();
    SimulatedNode home = world.newest("web", 1).node().equals("n1") ? n1 : n2;
    home.report(
        SimulatedNode.report(
            world.newest("web", 1).id(),
            SimulatedNode.status(InstanceState.INSTANCE_STATE_PREPARING)));
    assertEquals(RUNNING, world.newest("web", 1).state());
    assertTrue(home.isConnected());
  }

  @Test
  void endsASessionWhoseReportsHaveAGap() {
    world.decide(
        new ClusterEvent.StatusReported(
            n1.session(), "n1", StatusReport.newBuilder().setSequence(5).build()));
    assertEquals(RefusalCode.FAILED_PRECONDITION, code(n1));
  }

  @Test
  void endsTheOlderOfTwoSessionsAndIgnoresItsMessages() {
    long older = n1.session();
    n1.connect();
    assertNotEquals(older, n1.session());
    assertEquals(RefusalCode.ABORTED, code(n1));
    assertTrue(n1.isConnected());
    world.decide(new ClusterEvent.SessionClosed(older, "n1", "late"));
    world.decide(new ClusterEvent.HeartbeatReceived(older, "n1", 99));
    assertTrue(
        world.state().nodes().values().stream()
            .allMatch(node -> node.liveness().session().id() != older && node.isConnected()));
  }

  @Test
  void boundsWhatAnAgentSays() {
    world.create("web", Specs.service(1));
    world.settle();
    SimulatedNode home = world.newest("web", 1).node().equals("n1") ? n1 : n2;
    home.report(
        SimulatedNode.report(
            world.newest("web", 1).id(),
            SimulatedNode.status(RUNNING).toBuilder().setMessage("x".repeat(100_000)).build()));
    assertEquals(1_000, world.newest("web", 1).message().getStatus().getMessage().length());
  }
}
