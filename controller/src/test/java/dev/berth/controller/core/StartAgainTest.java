package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What was stopped goes on with what it wrote, where that is.
final class StartAgainTest {
  private static final InstanceState PENDING = InstanceState.INSTANCE_STATE_PENDING;
  private static final InstanceState RUNNING = InstanceState.INSTANCE_STATE_RUNNING;
  private static final InstanceState STOPPED = InstanceState.INSTANCE_STATE_STOPPED;

  private final CoreWorld world = new CoreWorld(1);
  private SimulatedNode n1;

  @BeforeEach
  void joinNode() {
    n1 = world.node("n1", 1_000, 1_024);
  }

  @Test
  void goesBackToItsNodeWithItsPortsAlsoWhenAnotherNodeIsEmptier() {
    InstanceRecord first = stopped(Specs.service(1).addPorts(PortSpec.newBuilder().setTarget(80)));
    world.node("n2", 8_000, 8_192);
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    InstanceRecord now = world.newest("web", 1);
    assertEquals(RUNNING, now.state());
    assertEquals(first.id(), now.id());
    assertEquals(first.message().getPortsList(), now.message().getPortsList());
    assertEquals(1, now.message().getStartGeneration());
  }

  @Test
  void beginsAnewElsewhereWhenItsNodeIsFull() {
    InstanceRecord first = stopped(sized(600));
    world.create("other", sized(600));
    world.node("n2", 1_000, 1_024);
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    InstanceRecord now = world.newest("web", 1);
    assertEquals(RUNNING, now.state());
    assertEquals("n2", now.node());
    assertNotEquals(first.id(), now.id());
  }

  @Test
  void waitsForItsFullNodeWhenItIsHeld() {
    InstanceRecord first = stopped(sized(600).setLostPolicy(LostPolicy.LOST_POLICY_HOLD));
    world.create("other", sized(600));
    world.node("n2", 1_000, 1_024);
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    InstanceRecord waiting = world.newest("web", 1);
    assertEquals(PENDING, waiting.state());
    assertEquals("KeptElsewhere", waiting.message().getStatus().getReason());
    assertTrue(waiting.message().getStatus().getMessage().contains("node n1"));
    world.succeed(r -> CoreWorld.deleting(r, "other"));
    world.settle();
    InstanceRecord now = world.newest("web", 1);
    assertEquals(RUNNING, now.state());
    assertEquals(first.id(), now.id());
    assertEquals(List.of(now), List.copyOf(world.state().instancesOf(CoreWorld.key("web"), 1)));
  }

  @Test
  void waitsForAPortThatSomeoneElseGotInTheMeantime() {
    WorkloadSpec.Builder held =
        Specs.service(1)
            .setLostPolicy(LostPolicy.LOST_POLICY_HOLD)
            .addPorts(PortSpec.newBuilder().setTarget(80));
    PortBinding port = stopped(held).message().getPorts(0);
    world.create(
        "thief",
        Specs.service(1)
            .addPorts(PortSpec.newBuilder().setTarget(80).setPublish(port.getHostPort())));
    world.settle();
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    assertEquals("KeptElsewhere", world.newest("web", 1).message().getStatus().getReason());
    world.succeed(r -> CoreWorld.deleting(r, "thief"));
    world.settle();
    assertEquals(port, world.newest("web", 1).message().getPorts(0));
    assertEquals(RUNNING, world.newest("web", 1).state());
  }

  @Test
  void takesItsPlaceBeforeANewSlotOfTheSameWorkload() {
    WorkloadSpec.Builder held =
        Specs.service(2)
            .setLostPolicy(LostPolicy.LOST_POLICY_HOLD)
            .addPorts(PortSpec.newBuilder().setTarget(80).setPublish(8_080));
    world.node("n2", 1_000, 1_024);
    world.create("web", held);
    world.settle();
    InstanceRecord second = world.newest("web", 2);
    world.succeed(r -> CoreWorld.stopping(r, "web"));
    world.settle();
    world.succeed(
        r ->
            new ClusterEvent.DrainNode(
                r, DrainNodeRequest.newBuilder().setName(world.newest("web", 1).node()).build()));
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    assertEquals(RUNNING, world.newest("web", 2).state());
    assertEquals(second.id(), world.newest("web", 2).id());
    assertEquals(PENDING, world.newest("web", 1).state());
  }

  @Test
  void beginsAnewWithANewSpec() {
    InstanceRecord first = stopped(Specs.service(1));
    world.succeed(r -> CoreWorld.updating(r, "web", sized(200)));
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    assertEquals(RUNNING, world.newest("web", 1).state());
    assertNotEquals(first.id(), world.newest("web", 1).id());
  }

  @Test
  void leavesADrainedNode() {
    InstanceRecord first = stopped(Specs.service(1).setLostPolicy(LostPolicy.LOST_POLICY_HOLD));
    world.node("n2", 1_000, 1_024);
    world.succeed(
        r -> new ClusterEvent.DrainNode(r, DrainNodeRequest.newBuilder().setName("n1").build()));
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    assertEquals("n2", world.newest("web", 1).node());
    assertNotEquals(first.id(), world.newest("web", 1).id());
  }

  @Test
  void doesNotBelieveWhatWasSaidBeforeItWasStartedAgain() {
    String id = stopped(Specs.service(1)).id();
    InstanceStatus late = Objects.requireNonNull(n1.statuses.get(id));
    world.succeed(r -> CoreWorld.starting(r, "web"));
    n1.report(SimulatedNode.report(id, late));
    assertEquals(InstanceState.INSTANCE_STATE_ASSIGNED, world.newest("web", 1).state());
    world.settle();
    assertEquals(RUNNING, world.newest("web", 1).state());
  }

  @Test
  void isStartedAgainByTheNextLeaderToo() {
    String id = stopped(Specs.service(1)).id();
    world.changeLeader();
    n1.connect();
    world.settle();
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.changeLeader();
    n1.connect();
    world.settle();
    assertEquals(id, world.newest("web", 1).id());
    assertEquals(RUNNING, world.newest("web", 1).state());
    world.succeed(r -> CoreWorld.stopping(r, "web"));
    world.settle();
    assertEquals(STOPPED, world.newest("web", 1).state());
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    assertEquals(2, world.newest("web", 1).message().getStartGeneration());
  }

  private InstanceRecord stopped(WorkloadSpec.Builder spec) {
    world.create("web", spec);
    world.settle();
    world.succeed(r -> CoreWorld.stopping(r, "web"));
    world.settle();
    InstanceRecord stopped = world.newest("web", 1);
    assertEquals(STOPPED, stopped.state());
    assertEquals("n1", stopped.node());
    return stopped;
  }

  private static WorkloadSpec.Builder sized(long cpuMillis) {
    return Specs.service(1)
        .setResources(Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(64L << 20));
  }
}
