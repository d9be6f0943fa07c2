package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.core.reconcile.Budgets;
import dev.berth.controller.core.reconcile.Evictions;
import dev.berth.v1.DisruptionBudget;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Mount;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import dev.berth.v1.UpdateNodeRequest;
import dev.berth.v1.WorkloadSpec;
import org.junit.jupiter.api.Test;

final class DrainTest {
  private static final InstanceState RUNNING = InstanceState.INSTANCE_STATE_RUNNING;

  private final CoreWorld world = new CoreWorld(11);

  /// All of a workload on node n1, with room for it on n2.
  private void runOnFirst(String name, WorkloadSpec.Builder spec) {
    if (world.nodes.isEmpty()) {
      world.node("n1", 4_000, 4_096);
    }
    world.create(name, spec);
    world.settle();
    if (!world.nodes.containsKey("n2")) {
      world.node("n2", 4_000, 4_096);
    }
    assertEquals(spec.getReplicas(), on("n1", name), "all start on n1");
  }

  private long on(String node, String workload) {
    return world.state().usage(node).instances().values().stream()
        .filter(each -> each.workload().name().equals(workload) && each.state() == RUNNING)
        .count();
  }

  private long stopping(String node) {
    return world.state().usage(node).instances().values().stream()
        .filter(each -> !each.isFinal() && !each.isWanted())
        .count();
  }

  private void drain(DrainNodeRequest.Builder request) {
    world.succeed(r -> new ClusterEvent.DrainNode(r, request.build()));
  }

  private static DrainNodeRequest.Builder n1() {
    return DrainNodeRequest.newBuilder().setName("n1");
  }

  private void update(Node.Builder node, String field) {
    world.succeed(
        r ->
            new ClusterEvent.UpdateNode(
                r,
                UpdateNodeRequest.newBuilder()
                    .setNode(node.setName("n1"))
                    .setUpdateMask(FieldMask.newBuilder().addPaths(field))
                    .build()));
  }

  private void uncordon() {
    update(
        Node.newBuilder().setAvailability(NodeAvailability.NODE_AVAILABILITY_ACTIVE),
        "availability");
  }

  private static WorkloadSpec.Builder budgeted(int replicas, int most) {
    return Specs.service(replicas)
        .setDisruptionBudget(DisruptionBudget.newBuilder().setMaxUnavailable(most));
  }

  private Evictions.Progress progress() {
    NodeRecord node = world.state().node("n1");
    if (node == null) {
      throw new AssertionError("no node");
    }
    return Evictions.of(
        world.state(), node, new Budgets(world.state()), world.now().monotonicMillis());
  }

  @Test
  void movesEverythingElsewhere() {
    runOnFirst("web", Specs.service(5));
    drain(n1());
    world.settle();
    assertEquals(0, on("n1", "web"));
    assertEquals(5, on("n2", "web"));
    assertEquals(0, progress().remaining());
    assertTrue(world.happened("Evicted"));
  }

  @Test
  void movesNoMoreAtOnceThanAskedFor() {
    runOnFirst("web", Specs.service(6));
    drain(n1().setMaxParallel(2));
    assertEquals(2, stopping("n1"));
    assertEquals(6, progress().remaining());
    world.settle();
    assertEquals(6, on("n2", "web"));
  }

  @Test
  void honoursTheBudgetsOfWorkloads() {
    runOnFirst("web", budgeted(4, 1));
    drain(n1().setMaxParallel(4));
    assertEquals(1, stopping("n1"));
    assertTrue(progress().waiting().contains("its budget allows no more"), progress()::waiting);
    for (int i = 0; i < 200 && on("n2", "web") < 4; i++) {
      assertTrue(world.count("web", RUNNING) >= 3 - stopping("n1"), "at most one is away");
      long away = 4 - on("n1", "web") - on("n2", "web");
      assertTrue(away <= 1, "away: " + away);
      world.nodes.values().forEach(SimulatedNode::work);
    }
    assertEquals(4, on("n2", "web"));
  }

  @Test
  void waitsForABudgetOfNothingUntilTheDeadline() {
    runOnFirst("web", budgeted(2, 0));
    drain(n1().setDeadline(com.google.protobuf.Duration.newBuilder().setSeconds(60)));
    world.pass(50);
    world.settle();
    assertEquals(2, on("n1", "web"));
    world.pass(11);
    world.settle();
    assertEquals(2, on("n2", "web"));
  }

  @Test
  void keepsItsDeadlineWhenTheLeaderChanges() {
    runOnFirst("web", budgeted(2, 0));
    drain(n1().setDeadline(com.google.protobuf.Duration.newBuilder().setSeconds(60)));
    world.pass(50);
    world.changeLeader();
    world.nodes.values().forEach(SimulatedNode::connect);
    world.settle();
    assertEquals(2, on("n1", "web"));
    world.pass(11);
    world.settle();
    assertEquals(2, on("n2", "web"));
  }

  @Test
  void leavesWhatHasAVolumeWhereItIsAndSaysSo() {
    runOnFirst(
        "db", Specs.service(1).addMounts(Mount.newBuilder().setTarget("/data").setVolume("data")));
    runOnFirst("web", Specs.service(1));
    drain(n1());
    world.settle();
    assertEquals(1, on("n1", "db"));
    assertEquals(1, on("n2", "web"));
    assertEquals(0, progress().remaining());
    assertEquals("db.1 stays: its volume is here; delete or stop it", progress().waiting());
  }

  @Test
  void givesTheNodeBackWhenItIsUncordoned() {
    runOnFirst("web", budgeted(4, 1));
    drain(n1());
    uncordon();
    world.settle();
    NodeRecord node = world.state().node("n1");
    assertTrue(node != null && !node.message().hasDrain() && !node.isVacating());
    assertTrue(on("n1", "web") >= 3, "only the first was on its way");
    assertEquals(4, on("n1", "web") + on("n2", "web"));
  }

  @Test
  void forgetsTheDeadlineOfADrainThatWasCalledOff() {
    runOnFirst("web", budgeted(2, 0));
    drain(n1().setDeadline(com.google.protobuf.Duration.newBuilder().setSeconds(30)));
    uncordon();
    world.pass(60);
    update(
        Node.newBuilder()
            .addTaints(
                Taint.newBuilder().setKey("old").setEffect(TaintEffect.TAINT_EFFECT_NO_EXECUTE)),
        "taints");
    world.pass(5);
    world.settle();
    assertEquals(2, on("n1", "web"), "the budget counts");
    NodeRecord node = world.state().node("n1");
    assertTrue(node != null && node.drainUntilMillis() == NodeRecord.NEVER);
  }

  @Test
  void emptiesANodeOfWhatDoesNotTolerateItsTaint() {
    WorkloadSpec.Builder tolerant = Specs.service(2);
    tolerant.getPlacementBuilder().addTolerations(Toleration.newBuilder().setKey("old"));
    runOnFirst("tolerant", tolerant);
    runOnFirst("web", Specs.service(2));
    update(
        Node.newBuilder()
            .addTaints(
                Taint.newBuilder().setKey("old").setEffect(TaintEffect.TAINT_EFFECT_NO_EXECUTE)),
        "taints");
    world.settle();
    assertEquals(2, on("n1", "tolerant"));
    assertEquals(0, on("n1", "web"));
    assertEquals(2, on("n2", "web"));
  }

  @Test
  void keepsWhatRunsWhenATaintOnlyKeepsNewSlotsAway() {
    runOnFirst("web", Specs.service(2));
    update(
        Node.newBuilder()
            .addTaints(
                Taint.newBuilder().setKey("old").setEffect(TaintEffect.TAINT_EFFECT_NO_SCHEDULE)),
        "taints");
    world.settle();
    assertEquals(2, on("n1", "web"));
    world.succeed(r -> CoreWorld.scaling(r, "web", 3));
    world.settle();
    assertEquals(1, on("n2", "web"));
  }

  @Test
  void goesOnWhereItWasWhenTheLeaderChanges() {
    runOnFirst("web", budgeted(4, 1));
    drain(n1().setMaxParallel(1));
    world.nodes.values().forEach(SimulatedNode::work);
    world.changeLeader();
    world.nodes.values().forEach(SimulatedNode::connect);
    world.settle();
    assertEquals(4, on("n2", "web"));
    assertEquals(0, stopping("n1"));
  }

  @Test
  void leavesSlotsWaitingThatFitNowhereElse() {
    world.node("n1", 4_000, 4_096);
    world.create("web", Specs.service(2));
    world.settle();
    drain(n1());
    world.settle();
    assertEquals(0, on("n1", "web"));
    assertEquals(2, world.state().pending().size());
    InstanceRecord waiting = world.state().pending().values().iterator().next();
    assertTrue(waiting.message().getStatus().getMessage().contains("draining"));
    uncordon();
    world.settle();
    assertEquals(2, on("n1", "web"));
    assertFalse(world.state().pending().containsKey(waiting.id()));
  }
}
