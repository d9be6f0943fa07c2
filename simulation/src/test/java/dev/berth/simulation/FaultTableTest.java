package dev.berth.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.RefusalCode;
import dev.berth.simulation.agent.SimulatedNode;
import dev.berth.simulation.controller.SimulatedController;
import dev.berth.simulation.fault.FaultKind;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.ScaleWorkloadRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// One fault each, with what must follow from it and how soon, in virtual time.
class FaultTableTest {
  private final TestCluster cluster = new TestCluster(20_260_101);

  @Test
  void killedLeaderIsSucceededWithinFiveSecondsAndNoProgramIsTouched() {
    Map<String, String> before = cluster.programs();
    SimulatedController old = cluster.leader();
    old.kill();
    cluster.await("another leads", 5_000, () -> cluster.world.leader() != null);
    assertNotEquals(old, cluster.leader());
    cluster.await("agents are back", 10_000, cluster::allWelcomed);
    old.start();
    cluster.pass(60_000);
    assertEquals(before, cluster.programs());
    cluster.staysQuiet();
  }

  @Test
  void pausedLeaderIsSucceededAndWhateverItDoesLaterIsRefused() {
    Map<String, String> before = cluster.programs();
    SimulatedController old = cluster.leader();
    long epoch = old.epoch();
    old.pause();
    cluster.await("another leads", 10_000, () -> leads(old));
    cluster.pass(60_000 - 10_000);
    old.resume();
    // A commit or a command of the old epoch would break invariant 1.
    cluster.pass(10_000);
    assertNotEquals(epoch, cluster.leader().epoch());
    assertEquals(0, old.epoch());
    assertEquals(before, cluster.programs());
    cluster.staysQuiet();
  }

  private boolean leads(SimulatedController exceptThis) {
    return cluster.world.all().stream().anyMatch(each -> each != exceptThis && each.epoch() != 0);
  }

  @Test
  void killedAgentFindsItsProgramsAgainWithinTenSeconds() {
    Map<String, String> before = cluster.programs();
    SimulatedNode node = cluster.node(1);
    node.kill();
    cluster.pass(2_000);
    node.start();
    cluster.await("the agent is back", 10_000, node::isWelcomed);
    cluster.pass(10_000);
    assertEquals(before, cluster.programs());
    cluster.staysQuiet();
  }

  @Test
  void nodeThatIsCutOffIsReplacedAndStopsItsOwnWhenItReturns() {
    lostNode(FaultKind.NODE_CUT_OFF);
  }

  @Test
  void nodeThatIsNotHeardIsReplacedAndStopsItsOwnWhenItReturns() {
    lostNode(FaultKind.NODE_NOT_HEARD);
  }

  @Test
  void nodeThatIsNotToldIsReplacedAndStopsItsOwnWhenItReturns() {
    lostNode(FaultKind.NODE_NOT_TOLD);
  }

  @Test
  void fencedSlotsOfANodeThatIsCutOffStopThereBeforeTheyRunElsewhere() {
    cluster.owner(2).create(TestCluster.spec(LostPolicy.LOST_POLICY_FENCE));
    int slots = 3 * TestCluster.REPLICAS;
    cluster.await("all run", 10_000, () -> cluster.world.liveBySlot().size() == slots);
    cluster.pass(20_000);
    SimulatedNode node = busyNode();
    long there = cluster.running(node);
    cluster.begin(FaultKind.NODE_CUT_OFF, 60_000, cluster.world.nodes().indexOf(node));
    // That none of them ever runs twice is invariant 3.
    cluster.pass(19_000);
    assertEquals(there - TestCluster.REPLICAS, cluster.running(node), "the fence has closed");
    cluster.pass(20_000);
    assertEquals(slots, cluster.world.liveBySlot().size(), "they run elsewhere");
  }

  private void lostNode(FaultKind kind) {
    SimulatedNode node = busyNode();
    long there = cluster.running(node);
    cluster.begin(kind, 60_000, cluster.world.nodes().indexOf(node));
    cluster.pass(15_000);
    assertEquals(2 * TestCluster.REPLICAS, total(), "nothing is replaced while it may return");
    cluster.pass(20_000);
    assertEquals(there, cluster.running(node), "what runs on the node goes on");
    assertTrue(total() > 2 * TestCluster.REPLICAS, "its slots are replaced, but for held ones");
    cluster.pass(26_000);
    cluster.await("one program a slot", 30_000, cluster::isSettled);
    cluster.staysQuiet();
  }

  private long total() {
    return cluster.world.nodes().stream().mapToLong(cluster::running).sum();
  }

  /// A node with slots of both policies.
  private SimulatedNode busyNode() {
    return cluster.world.nodes().stream()
        .filter(each -> cluster.running(each) >= 2)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void leaderWithoutEtcdStepsDownWithinItsLeaseAndSaysNothingMore() {
    Map<String, String> before = cluster.programs();
    SimulatedController old = cluster.leader();
    cluster.begin(FaultKind.LEADER_WITHOUT_ETCD, 20_000, 0);
    // That it says nothing after its lease is invariant 1.
    cluster.await("it steps down", 3_000, () -> old.epoch() == 0);
    cluster.await("another leads", 5_000, () -> leads(old));
    cluster.pass(30_000);
    assertEquals(before, cluster.programs());
    cluster.staysQuiet();
  }

  @Test
  void withoutQuorumChangesAreRefusedWithinFiveSecondsAndNothingIsEvicted() {
    Map<String, String> before = cluster.programs();
    cluster.begin(FaultKind.ETCD_QUORUM_LOST, 40_000, 0);
    List<Outcome> answers = scale();
    cluster.await("the change is answered", 5_000, () -> !answers.isEmpty());
    assertEquals(RefusalCode.UNAVAILABLE, code(answers));
    cluster.pass(36_000);
    assertEquals(before, cluster.programs());
    cluster.await("all is well again", 15_000, () -> cluster.allWelcomed());
    cluster.pass(60_000);
    assertEquals(before, cluster.programs());
    cluster.staysQuiet();
  }

  private List<Outcome> scale() {
    List<Outcome> answers = new ArrayList<>();
    int index = cluster.world.all().indexOf(cluster.leader());
    cluster.world.send(
        index,
        id ->
            new ClusterEvent.ScaleWorkload(
                id,
                ScaleWorkloadRequest.newBuilder()
                    .setName(cluster.owner(TestCluster.REPLACED).name())
                    .setReplicas(TestCluster.REPLICAS - 1)
                    .build()),
        answers::add);
    return answers;
  }

  private static RefusalCode code(List<Outcome> answers) {
    return answers.getFirst() instanceof Outcome.Refused refused
        ? refused.refusal().code()
        : RefusalCode.NOT_FOUND;
  }

  @Test
  void fullEtcdRefusesChangesAndTouchesNoProgram() {
    Map<String, String> before = cluster.programs();
    cluster.begin(FaultKind.ETCD_FULL, 20_000, 0);
    List<Outcome> answers = scale();
    cluster.await("the change is answered", 5_000, () -> !answers.isEmpty());
    assertTrue(answers.getFirst() instanceof Outcome.Refused, answers.toString());
    cluster.pass(20_000);
    cluster.await("all is well again", 15_000, cluster::allWelcomed);
    assertEquals(before, cluster.programs());
    cluster.staysQuiet();
  }

  @Test
  void agentWithAFullDiskKeepsItsProgramsAndNoFileIsTorn() {
    Map<String, String> before = cluster.programs();
    SimulatedNode node = busyNode();
    cluster.begin(FaultKind.DISK_FULL, 20_000, cluster.world.nodes().indexOf(node));
    node.kill();
    node.start();
    cluster.pass(15_000);
    assertEquals(before, cluster.programs());
    cluster.pass(10_000);
    cluster.await("the agent is back", 10_000, node::isWelcomed);
    assertEquals(before, cluster.programs());
    cluster.staysQuiet();
  }

  @Test
  void hungRuntimeDelaysNoOtherNodeAndNothingIsDoubled() {
    SimulatedNode node = busyNode();
    cluster.begin(FaultKind.RUNTIME_HUNG, 60_000, cluster.world.nodes().indexOf(node));
    // A node whose runtime is known to hang gets no new slots, and others go on as ever.
    cluster.pass(15_000);
    cluster.owner(4).create(TestCluster.spec(LostPolicy.LOST_POLICY_REPLACE));
    cluster.await(
        "others start what they are given",
        2_000,
        () -> cluster.world.liveBySlot().size() == 3 * TestCluster.REPLICAS);
    cluster.pass(100_000);
    assertEquals(3 * TestCluster.REPLICAS, cluster.world.liveBySlot().size());
    assertEquals(3 * TestCluster.REPLICAS, total());
  }

  @Test
  void restartedRuntimeKeepsItsProgramsAndNothingIsDoubled() {
    Map<String, String> before = cluster.programs();
    cluster.begin(FaultKind.RUNTIME_DOWN, 8_000, cluster.world.nodes().indexOf(busyNode()));
    cluster.pass(30_000);
    assertEquals(before, cluster.programs());
    cluster.staysQuiet();
  }

  @Test
  void bootedHostStartsNothingBeforeALeaderHasSpoken() {
    SimulatedNode node = busyNode();
    cluster.begin(FaultKind.HOST_POWER_LOST, 5_000, cluster.world.nodes().indexOf(node));
    cluster.pass(4_000);
    for (SimulatedController each : cluster.world.all()) {
      cluster.world.network().block(each.name(), node.name());
    }
    cluster.pass(12_000);
    assertTrue(node.isAlive());
    assertEquals(0, cluster.running(node), "no leader has spoken to it");
    for (SimulatedController each : cluster.world.all()) {
      cluster.world.network().open(each.name(), node.name());
    }
    cluster.await("one program a slot", 60_000, cluster::isSettled);
    cluster.staysQuiet();
  }

  @Test
  void wrongWallClocksChangeNothing() {
    Map<String, String> before = cluster.programs();
    SimulatedController leader = cluster.leader();
    for (long seconds : new long[] {3_600, -3_600, 315_360_000, -315_360_000, 0}) {
      leader.clock().setWall(seconds);
      cluster.world.nodes().forEach(each -> each.clock().setWall(-seconds));
      cluster.pass(30_000);
    }
    assertEquals(before, cluster.programs());
    assertEquals(leader, cluster.leader());
    cluster.staysQuiet();
  }

  @Test
  void damagedStateIsSetAsideAndNoProgramIsTouched() {
    for (String file : new String[] {"instances", "epoch"}) {
      Map<String, String> before = cluster.programs();
      SimulatedNode node = busyNode();
      node.kill();
      assertTrue(node.disk().damage(file));
      if (file.equals("epoch")) {
        cluster.world.invariants().epochLost(node.name());
      }
      node.start();
      cluster.await("the agent is back", 10_000, node::isWelcomed);
      cluster.pass(30_000);
      assertEquals(before, cluster.programs());
    }
    cluster.staysQuiet();
  }

  @Test
  void mostNodesSilentTogetherEvictNothing() {
    Map<String, String> before = cluster.programs();
    cluster.begin(FaultKind.MOST_NODES_CUT_OFF, 60_000, 0);
    cluster.pass(59_000);
    assertEquals(before, cluster.programs());
    cluster.pass(10_000);
    assertEquals(before, cluster.programs());
    assertFalse(before.isEmpty());
    cluster.staysQuiet();
  }
}
