package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Namespace;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.Quota;
import dev.berth.v1.Resources;
import dev.berth.v1.UpdateNamespaceRequest;
import dev.berth.v1.UpdateNodeRequest;
import dev.berth.v1.WorkloadSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Slots that wait for room: when they are tried again, and who goes first.
final class WaitingSlotsTest {
  private static final InstanceState RUNNING = InstanceState.INSTANCE_STATE_RUNNING;
  private static final InstanceState PENDING = InstanceState.INSTANCE_STATE_PENDING;

  private final CoreWorld world = new CoreWorld(13);

  private static WorkloadSpec.Builder sized(int replicas, long cpuMillis, int priority) {
    return Specs.service(replicas)
        .setPriority(priority)
        .setResources(Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(64L << 20));
  }

  private InstanceRecord waiting(String workload) {
    for (InstanceRecord each : world.state().instancesOf(CoreWorld.key(workload))) {
      if (each.isPending()) {
        return each;
      }
    }
    throw new AssertionError(workload + " waits for nothing");
  }

  private int running() {
    return (int)
        world.state().instances().values().stream().filter(each -> each.state() == RUNNING).count();
  }

  /// Gives a node more room although no event says so.
  private void growSilently(String name) {
    world.sneak(
        state -> {
          NodeRecord node = state.node(name);
          if (node == null) {
            throw new AssertionError("no node");
          }
          var message = node.message().toBuilder();
          message.getDescriptionBuilder().getCapacityBuilder().setCpuMillis(64_000);
          return state.plus(new NodeRecord(message.build(), node.version(), node.liveness()));
        });
  }

  @Test
  void areTriedAgainByEventsAndNotByTicks() {
    SimulatedNode n1 = world.node("n1", 1_000, 4_096);
    world.create("web", sized(3, 450, 50));
    world.settle();
    assertEquals(Map.of(1, RUNNING, 2, RUNNING, 3, PENDING), world.states("web"));
    growSilently("n1");
    world.pass(600);
    assertEquals(PENDING, world.newest("web", 3).state(), "nothing happened that could help");
    world.create("other", sized(1, 10, 50));
    assertEquals(PENDING, world.newest("web", 3).state(), "nor did this");
    n1.end(world.newest("other", 1).id(), InstanceState.INSTANCE_STATE_FAILED);
    world.settle();
    assertEquals(RUNNING, world.newest("web", 3).state());
  }

  @Test
  void writeAndSayNothingWhileNothingChanges() {
    world.node("n1", 1_000, 4_096);
    world.create("web", sized(3, 450, 50));
    world.settle();
    world.pass(5);
    InstanceRecord before = waiting("web");
    long durable = world.durable();
    int events = world.events.size();
    world.pass(300);
    assertSame(before, waiting("web"));
    assertEquals(durable, world.durable());
    assertEquals(events, world.events.size());
    assertTrue(before.explanation() != null);
  }

  @Test
  void goByPriorityWhenRoomIsMade() {
    SimulatedNode n1 = world.node("n1", 1_000, 4_096);
    world.create("first", sized(1, 900, 50));
    world.settle();
    world.create("a-little", sized(1, 600, 48));
    world.create("z-more", sized(1, 600, 55));
    assertEquals(2, world.state().pending().size());
    world.succeed(r -> CoreWorld.deleting(r, "first"));
    world.settle();
    assertEquals(Map.of(1, RUNNING), world.states("z-more"));
    assertEquals(Map.of(1, PENDING), world.states("a-little"));
    assertTrue(n1.running().size() == 1);
  }

  @Test
  void takeThePlaceOfLessImportantOnes() {
    world.node("n1", 1_000, 4_096);
    world.create("a-low", sized(2, 450, 20));
    world.settle();
    world.create("z-high", sized(1, 450, 80));
    InstanceRecord high = waiting("z-high");
    assertEquals("Preempting", high.message().getStatus().getReason());
    assertTrue(high.message().getStatus().getMessage().contains("a-low."), "says whose place");
    assertEquals(
        1,
        world.state().usage("n1").instances().values().stream()
            .filter(each -> !each.isWanted())
            .count(),
        "no more are stopped than needed");
    world.pass(60);
    quota(Quota.newBuilder().setInstances(100));
    assertSame(high, waiting("z-high"), "says the same while it waits, also when tried again");
    world.settle();
    assertEquals(Map.of(1, RUNNING), world.states("z-high"));
    assertEquals(1, world.count("a-low", RUNNING));
    assertEquals(1, world.count("a-low", PENDING));
    for (int i = 0; i < 20; i++) {
      world.pass(30);
      world.settle();
    }
    assertEquals(Map.of(1, RUNNING), world.states("z-high"), "victims do not come back");
    assertEquals(2, running());
    assertEquals(0, world.state().nominations().size());
  }

  @Test
  void keepRoomThatIsMadeInStepsFromTheVictims() {
    SimulatedNode n1 = world.node("n1", 1_000, 4_096);
    world.create("a-low", sized(2, 450, 20));
    world.settle();
    world.create("z-high", sized(1, 900, 80));
    assertEquals("n1", world.state().nominations().get(waiting("z-high").id()));
    String first = world.newest("a-low", 1).id();
    n1.work();
    n1.end(first, InstanceState.INSTANCE_STATE_STOPPED);
    for (int i = 0; i < 3; i++) {
      n1.work();
    }
    assertEquals(
        0,
        world.state().usage("n1").instances().values().stream()
            .filter(each -> !each.isFinal() && each.isWanted() && each.slot() <= 2)
            .filter(each -> each.workload().name().equals("a-low"))
            .count());
    world.settle();
    assertEquals(Map.of(1, RUNNING), world.states("z-high"));
  }

  @Test
  void loseNothingWhenTheLeaderChangesBetweenStopAndStart() {
    world.node("n1", 1_000, 4_096);
    world.create("a-low", sized(2, 450, 20));
    world.settle();
    world.create("z-high", sized(1, 450, 80));
    world.changeLeader();
    world.nodes.values().forEach(SimulatedNode::connect);
    world.settle();
    assertEquals(Map.of(1, RUNNING), world.states("z-high"));
    assertEquals(1, world.count("a-low", RUNNING), "no second victim");
    new Invariants().check(world);
  }

  @Test
  void giveUpTheRoomWhenTheyAreDeleted() {
    world.node("n1", 1_000, 4_096);
    world.create("a-low", sized(2, 450, 20));
    world.settle();
    world.create("z-high", sized(1, 450, 80));
    world.succeed(r -> CoreWorld.deleting(r, "z-high"));
    assertEquals(0, world.state().nominations().size());
    world.settle();
    assertEquals(2, world.count("a-low", RUNNING));
  }

  @Test
  void giveUpTheRoomThatTheyCannotUseAnyMore() {
    SimulatedNode n1 = world.node("n1", 1_000, 4_096);
    world.create("a-low", sized(2, 450, 20));
    world.settle();
    world.create("z-high", sized(1, 450, 80));
    assertEquals(1, world.state().nominations().size());
    world.succeed(
        r ->
            new ClusterEvent.UpdateNode(
                r,
                UpdateNodeRequest.newBuilder()
                    .setNode(
                        Node.newBuilder()
                            .setName("n1")
                            .setAvailability(NodeAvailability.NODE_AVAILABILITY_CORDONED))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("availability"))
                    .build()));
    world.settle();
    assertEquals(0, world.state().nominations().size());
    assertTrue(waiting("z-high").message().getStatus().getMessage().contains("cordoned"));
    assertEquals(1, n1.running().size());
  }

  @Test
  void sayWhatHoldsANewRevisionUp() {
    world.node("n1", 1_000, 4_096);
    world.create("web", sized(1, 4_000, 50));
    long before = waiting("web").message().getWorkloadRevision();
    world.succeed(
        r -> CoreWorld.updating(r, "web", sized(1, 4_000, 50).putLabels("changed", "yes")));
    assertNotEquals(before, waiting("web").message().getWorkloadRevision());
  }

  private void quota(Quota.Builder quota) {
    world.succeed(
        r ->
            new ClusterEvent.UpdateNamespace(
                r,
                UpdateNamespaceRequest.newBuilder()
                    .setNamespace(Namespace.newBuilder().setName("default").setQuota(quota))
                    .build()));
  }

  @Test
  void waitForTheQuotaOfTheirNamespace() {
    world.node("n1", 8_000, 8_192);
    world.create("web", sized(1, 500, 50));
    quota(Quota.newBuilder().setCpuMillis(1_200));
    world.succeed(r -> CoreWorld.scaling(r, "web", 4));
    world.settle();
    assertEquals(2, running());
    assertEquals("QuotaExceeded", waiting("web").message().getStatus().getReason());
    quota(Quota.newBuilder().setCpuMillis(1_500));
    world.settle();
    assertEquals(3, running());
    quota(Quota.newBuilder().setInstances(4).setMemoryBytes(256L << 20));
    world.settle();
    assertEquals(4, running());
    quota(Quota.newBuilder().setInstances(1));
    world.pass(60);
    world.settle();
    assertEquals(4, running(), "what runs goes on");
    world.succeed(r -> CoreWorld.stopping(r, "web", 1));
    world.settle();
    world.succeed(r -> CoreWorld.starting(r, "web", 1));
    world.settle();
    assertEquals(3, running(), "nothing new");
  }
}
