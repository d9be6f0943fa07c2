package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.CreateNamespaceRequest;
import dev.berth.v1.InstanceState;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Namespace;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Quota;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A revision that differs in CPU and memory alone is given to what runs, where it is.
final class ResizeTest {
  private static final InstanceState RUNNING = InstanceState.INSTANCE_STATE_RUNNING;

  private final CoreWorld world = new CoreWorld(1);

  private SimulatedNode host(String name, long cpuMillis, boolean resizes) {
    NodeDescription.Builder host = Specs.host(cpuMillis, 4_096);
    if (resizes) {
      host.getDriversBuilder(0).addCapabilities("resize");
    }
    return world.node(name, host.build());
  }

  private static WorkloadSpec.Builder sized(int replicas, long cpuMillis, long mib) {
    return Specs.service(replicas)
        .setResources(Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(mib << 20));
  }

  private void running(WorkloadSpec.Builder spec) {
    world.create("web", spec);
    world.settle();
    world.pass(20);
  }

  private List<String> ids(int replicas) {
    return IntStream.rangeClosed(1, replicas).mapToObj(i -> world.newest("web", i).id()).toList();
  }

  private AssignedInstance told(SimulatedNode node, String id) {
    return Objects.requireNonNull(node.assigned.get(id));
  }

  @Test
  void whatRunsGetsMoreWhereItIsOneAfterAnotherAndTheNodeReservesIt() {
    SimulatedNode n1 = host("n1", 4_000, true);
    running(sized(3, 500, 128));
    List<String> before = ids(3);
    world.succeed(r -> CoreWorld.updating(r, "web", sized(3, 1_000, 256)));
    assertEquals(2_000, world.state().usage("n1").cpuMillis(), "one at a time");
    world.settle();
    assertEquals(before, ids(3));
    assertEquals(3_000, world.state().usage("n1").cpuMillis());
    assertEquals(768L << 20, world.state().usage("n1").memoryBytes());
    for (String id : before) {
      assertEquals(1_000, told(n1, id).getSpec().getResources().getCpuMillis());
      assertEquals(RUNNING, Objects.requireNonNull(world.state().instance(id)).state());
    }
    assertTrue(world.happened("Resized"));
    assertEquals(world.state().usage("n1").cpuMillis(), world.reloaded().usage("n1").cpuMillis());
  }

  @Test
  void theNextOneWaitsUntilTheOneBeforeHasIt() {
    SimulatedNode n1 = host("n1", 4_000, true);
    running(sized(2, 500, 128));
    n1.mute();
    world.succeed(r -> CoreWorld.updating(r, "web", sized(2, 1_000, 128)));
    world.decide(new ClusterEvent.Tick());
    assertEquals(1_500, world.state().usage("n1").cpuMillis());
  }

  private void assertReplaced(WorkloadSpec.Builder next) {
    String before = world.newest("web", 1).id();
    world.succeed(r -> CoreWorld.updating(r, "web", next));
    world.settle();
    assertNotEquals(before, world.newest("web", 1).id());
    assertEquals(RUNNING, world.newest("web", 1).state());
  }

  @Test
  void anotherInstanceTakesItsPlaceElsewhereWhereThereIsNoRoom() {
    host("n1", 1_000, true);
    running(sized(1, 900, 128));
    host("n2", 2_000, true);
    assertReplaced(sized(1, 1_500, 128));
    assertEquals("n2", world.newest("web", 1).node());
  }

  @Test
  void whatIsHeldGoesOnWithWhatItHasUntilThereIsRoom() {
    host("n1", 1_000, true);
    WorkloadSpec.Builder held = sized(1, 500, 128).setLostPolicy(LostPolicy.LOST_POLICY_HOLD);
    running(held);
    world.create("other", sized(1, 500, 128));
    world.settle();
    host("n2", 4_000, true);
    String id = world.newest("web", 1).id();
    held.getResourcesBuilder().setCpuMillis(900);
    world.succeed(r -> CoreWorld.updating(r, "web", held));
    world.settle();
    world.pass(30);
    InstanceRecord waiting = world.newest("web", 1);
    assertEquals(id, waiting.id());
    assertEquals(RUNNING, waiting.state());
    assertEquals("NoRoomToGrow", waiting.message().getStatus().getReason());
    assertEquals(500, waiting.reserved().getCpuMillis());
    world.succeed(r -> CoreWorld.deleting(r, "other"));
    world.settle();
    world.pass(30);
    world.settle();
    assertEquals(id, world.newest("web", 1).id());
    assertEquals(900, world.newest("web", 1).reserved().getCpuMillis());
  }

  @Test
  void anotherInstanceTakesItsPlaceWhereTheDriverCannot() {
    host("n1", 4_000, false);
    running(sized(1, 500, 128));
    assertReplaced(sized(1, 1_000, 128));
  }

  @Test
  void anotherInstanceTakesItsPlaceWhenMoreIsNewOrALimitComesOrGoes() {
    host("n1", 4_000, true);
    running(sized(1, 500, 128));
    WorkloadSpec.Builder other = sized(1, 1_000, 128);
    other.getContainerBuilder().setImage("other");
    assertReplaced(other);
    world.pass(20);
    assertReplaced(other.clearResources());
  }

  @Test
  void whatIsStoppedIsStartedWithIt() {
    SimulatedNode n1 = host("n1", 4_000, true);
    running(sized(1, 500, 128));
    String id = world.newest("web", 1).id();
    world.succeed(r -> CoreWorld.stopping(r, "web"));
    world.settle();
    world.succeed(r -> CoreWorld.updating(r, "web", sized(1, 1_000, 128)));
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    assertEquals(id, world.newest("web", 1).id());
    assertEquals(RUNNING, world.newest("web", 1).state());
    assertEquals(1_000, told(n1, id).getSpec().getResources().getCpuMillis());
    assertEquals(1_000, world.state().usage("n1").cpuMillis());
  }

  @Test
  void aQuotaHolds() {
    host("n1", 4_000, true);
    world.succeed(
        r ->
            new ClusterEvent.CreateNamespace(
                r,
                CreateNamespaceRequest.newBuilder()
                    .setNamespace(
                        Namespace.newBuilder()
                            .setName("default")
                            .setQuota(Quota.newBuilder().setCpuMillis(1_000)))
                    .build()));
    running(sized(1, 500, 128));
    String id = world.newest("web", 1).id();
    world.succeed(r -> CoreWorld.updating(r, "web", sized(1, 900, 128)));
    world.settle();
    assertEquals(id, world.newest("web", 1).id());
    world.succeed(r -> CoreWorld.updating(r, "web", sized(1, 1_100, 128)));
    world.settle();
    assertEquals("QuotaExceeded", world.newest("web", 1).message().getStatus().getReason());
  }
}
