package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Event;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WorkloadLifeTest {
  private static final InstanceState RUNNING = InstanceState.INSTANCE_STATE_RUNNING;
  private static final InstanceState STOPPED = InstanceState.INSTANCE_STATE_STOPPED;
  private static final InstanceState FAILED = InstanceState.INSTANCE_STATE_FAILED;
  private static final InstanceState COMPLETE = InstanceState.INSTANCE_STATE_COMPLETE;

  private final CoreWorld world = new CoreWorld(1);
  private SimulatedNode n1;

  @BeforeEach
  void joinNodes() {
    n1 = world.node("n1", 4_000, 4_096);
  }

  @Test
  void placesASlotInTheDecisionThatCreatesIt() {
    Workload made = world.create("web", Specs.service(3));
    assertEquals(1, made.getRevision());
    assertEquals(3, made.getStatus().getDesired());
    assertEquals(3, world.count("web", InstanceState.INSTANCE_STATE_ASSIGNED));
    world.settle();
    assertEquals(Map.of(1, RUNNING, 2, RUNNING, 3, RUNNING), world.states("web"));
    assertEquals(3, n1.containers.size());
  }

  @Test
  void removesTheHighestSlotsWhenScaledDown() {
    world.create("web", Specs.service(3));
    world.settle();
    String kept = world.newest("web", 1).id();
    Workload scaled = (Workload) world.succeed(r -> CoreWorld.scaling(r, "web", 1));
    assertEquals(1, scaled.getRevision());
    world.settle();
    assertEquals(Map.of(1, RUNNING), world.states("web"));
    assertEquals(kept, world.newest("web", 1).id());
    assertEquals(1, n1.containers.size());
  }

  @Test
  void keepsAStoppedSlotsContainerAndStartsItAgain() {
    world.create("web", Specs.service(2));
    world.settle();
    String first = world.newest("web", 2).id();
    Workload stopped = (Workload) world.succeed(r -> CoreWorld.stopping(r, "web", 2));
    assertEquals(List.of(2), stopped.getStoppedSlotsList());
    world.settle();
    assertEquals(Map.of(1, RUNNING, 2, STOPPED), world.states("web"));
    assertTrue(n1.assigned.containsKey(first), "the container is kept for its logs");
    world.pass(120);
    assertEquals(STOPPED, world.newest("web", 2).state());
    world.succeed(r -> CoreWorld.starting(r, "web", 2));
    world.settle();
    assertEquals(RUNNING, world.newest("web", 2).state());
    assertEquals(first, world.newest("web", 2).id());
    assertEquals(1, world.newest("web", 2).message().getStartGeneration());
    assertEquals(1, world.state().instancesOf(world.newest("web", 2).workload(), 2).size());
  }

  @Test
  void tellsOnceThatWhatCannotBePreparedIsTriedAgain() {
    world.create("web", Specs.service(1));
    String id = world.newest("web", 1).id();
    InstanceStatus.Builder status =
        SimulatedNode.status(InstanceState.INSTANCE_STATE_PREPARING).toBuilder();
    n1.report(SimulatedNode.report(id, status.build()));
    assertFalse(world.happened("Delayed"));
    status.setReason("ImagePullFailed");
    for (int each = 1; each <= 3; each++) {
      status.setMessage("image shop:1: no answer, try " + each);
      n1.report(SimulatedNode.report(id, status.build()));
    }
    assertEquals(
        List.of("web.1 is not ready yet and is tried again: image shop:1: no answer, try 1"),
        world.events.stream()
            .filter(event -> event.getReason().equals("Delayed"))
            .map(Event::getMessage)
            .toList());
  }

  @Test
  void stopsAllSlotsAlsoThoseAddedLater() {
    world.create("web", Specs.service(1));
    world.settle();
    world.succeed(r -> CoreWorld.stopping(r, "web"));
    world.succeed(r -> CoreWorld.scaling(r, "web", 3));
    world.settle();
    assertEquals(Map.of(1, STOPPED), world.states("web"));
    world.succeed(r -> CoreWorld.starting(r, "web", 3));
    world.settle();
    assertEquals(Map.of(1, STOPPED, 3, RUNNING), world.states("web"));
    world.succeed(r -> CoreWorld.starting(r, "web"));
    world.settle();
    assertEquals(Map.of(1, RUNNING, 2, RUNNING, 3, RUNNING), world.states("web"));
  }

  @Test
  void restartsTheSameInstance() {
    world.create("web", Specs.service(1));
    world.settle();
    String id = world.newest("web", 1).id();
    world.succeed(r -> CoreWorld.restarting(r, "web"));
    world.settle();
    AssignedInstance told = n1.assigned.get(id);
    assertTrue(
        told != null
            && told.getRestartGeneration() == 1
            && told.getDesiredState() == DesiredState.DESIRED_STATE_RUN);
  }

  @Test
  void answersADeleteAtOnceAndFreesTheNameWhenAllIsGone() {
    world.create("web", Specs.service(2));
    world.settle();
    Workload deleting = (Workload) world.succeed(r -> CoreWorld.deleting(r, "web"));
    assertTrue(deleting.getDeleting());
    assertEquals(
        RefusalCode.FAILED_PRECONDITION,
        world.refuse(r -> CoreWorld.creating(r, "web", Specs.service(1))).code());
    world.settle();
    assertTrue(world.state().workloads().isEmpty());
    assertTrue(world.state().instances().isEmpty());
    assertTrue(n1.containers.isEmpty());
    Workload again = world.create("web", Specs.service(1));
    assertNotEquals(deleting.getUid(), again.getUid());
  }

  @Test
  void replacesAFailedServiceWithDelaysThatDouble() {
    world.create("web", Specs.service(1));
    world.settle();
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      delays.add(secondsToSuccessor(this::fail));
      world.settle();
    }
    assertEquals(List.of(30L, 60L, 120L), delays);
  }

  @Test
  void placesWhatNodesRefuseAgainAtOnceAndThenEvery30Seconds() {
    world.create("web", Specs.service(1));
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      delays.add(secondsToSuccessor(this::refuse));
    }
    assertEquals(List.of(0L, 30L, 30L, 30L), delays);
    assertEquals(
        world.newest("web", 1).attempt(),
        world.reloaded().instancesOf(CoreWorld.key("web"), 1).iterator().next().attempt(),
        "a new leader knows of the refusals");
    world.settle();
    assertEquals(RUNNING, world.newest("web", 1).state());
    assertEquals(30, secondsToSuccessor(this::fail), "refusals are no failures");
  }

  private void refuse() {
    n1.report(
        SimulatedNode.report(
            world.newest("web", 1).id(),
            SimulatedNode.status(InstanceState.INSTANCE_STATE_REJECTED)));
  }

  private void fail() {
    n1.end(world.newest("web", 1).id(), FAILED);
    world.settle();
  }

  private long secondsToSuccessor(Runnable end) {
    String ended = world.newest("web", 1).id();
    end.run();
    long seconds = 0;
    while (world.newest("web", 1).id().equals(ended)) {
      world.pass(1);
      seconds++;
    }
    return seconds;
  }

  @Test
  void forgivesFailuresAfterTenMinutesOfRunning() {
    world.create("web", Specs.service(1));
    world.settle();
    n1.end(world.newest("web", 1).id(), FAILED);
    world.settle();
    world.pass(31);
    world.settle();
    world.pass(601);
    n1.end(world.newest("web", 1).id(), FAILED);
    world.settle();
    world.pass(31);
    world.settle();
    assertEquals(RUNNING, world.newest("web", 1).state());
  }

  @Test
  void prefersAnotherNodeAfterAFailure() {
    world.create("web", Specs.service(1));
    world.settle();
    world.node("n2", 4_000, 4_096);
    n1.end(world.newest("web", 1).id(), FAILED);
    world.settle();
    world.pass(31);
    assertEquals("n2", world.newest("web", 1).node());
  }

  @Test
  void runsABatchToItsEndAndReschedulesAFailureOnce() {
    world.create("job", Specs.batch(2));
    world.settle();
    n1.end(world.newest("job", 1).id(), COMPLETE);
    n1.end(world.newest("job", 2).id(), FAILED);
    world.settle();
    world.pass(31);
    world.settle();
    assertEquals(Map.of(1, COMPLETE, 2, RUNNING), world.states("job"));
    n1.end(world.newest("job", 2).id(), FAILED);
    world.settle();
    world.pass(8_000);
    assertEquals(Map.of(1, COMPLETE, 2, FAILED), world.states("job"));
    assertEquals(2, world.state().instancesOf(CoreWorld.key("job")).size(), "one kept a slot");
    world.succeed(r -> CoreWorld.starting(r, "job", 2));
    world.settle();
    assertEquals(Map.of(1, COMPLETE, 2, RUNNING), world.states("job"));
  }

  @Test
  void doesNotRunAgainWhatIsNeverToBeRestarted() {
    world.create(
        "once",
        Specs.batch(1)
            .setRestart(
                RestartPolicy.newBuilder().setCondition(RestartCondition.RESTART_CONDITION_NEVER)));
    world.settle();
    n1.end(world.newest("once", 1).id(), FAILED);
    world.settle();
    world.pass(8_000);
    assertEquals(Map.of(1, FAILED), world.states("once"));
  }

  @Test
  void replacesOneSlotAtATimeWhenTheSpecChanges() {
    world.create("web", Specs.service(3));
    world.settle();
    world.pass(11);
    world.succeed(r -> CoreWorld.updating(r, "web", Specs.service(3).putLabels("v", "2")));
    for (int done = 1; done <= 3; done++) {
      for (int second = 0; second < 9; second++) {
        world.settle();
        world.pass(1);
        long old =
            world.state().instancesOf(CoreWorld.key("web")).stream()
                .filter(i -> !i.isFinal() && i.message().getWorkloadRevision() == 1)
                .count();
        assertTrue(old >= 3 - done, "replaced too early");
      }
      world.settle();
      world.pass(2);
    }
    world.settle();
    for (InstanceRecord instance : world.state().instances().values()) {
      assertTrue(instance.isFinal() || instance.message().getWorkloadRevision() == 2);
    }
    assertEquals(3, world.count("web", RUNNING));
  }

  @Test
  void stopsARolloutAtTheFirstSlotThatDoesNotRun() {
    world.create("web", Specs.service(3));
    world.settle();
    world.pass(11);
    world.succeed(r -> CoreWorld.updating(r, "web", Specs.service(3).putLabels("v", "2")));
    world.settle();
    n1.end(world.newest("web", 1).id(), FAILED);
    world.settle();
    world.pass(20);
    world.settle();
    assertEquals(1, world.newest("web", 2).message().getWorkloadRevision());
    assertEquals(Map.of(1, FAILED, 2, RUNNING, 3, RUNNING), world.states("web"));
  }

  @Test
  void saysWhyASlotWaitsAndPlacesItWhenThereIsRoom() {
    world.create("big", Specs.service(1).setResources(cpu(3_900)));
    world.settle();
    world.create("web", Specs.service(1).setResources(cpu(500)));
    InstanceRecord waiting = world.newest("web", 1);
    assertEquals(InstanceState.INSTANCE_STATE_PENDING, waiting.state());
    assertEquals("NoCapacity", waiting.message().getStatus().getReason());
    assertEquals(
        "0 of 1 node fits: 1 CPU (need 500m, at most 100m free)",
        waiting.message().getStatus().getMessage());
    world.succeed(r -> CoreWorld.deleting(r, "big"));
    world.settle();
    assertEquals(RUNNING, world.newest("web", 1).state());
    assertEquals(waiting.id(), world.newest("web", 1).id());
  }

  private static dev.berth.v1.Resources.Builder cpu(long millis) {
    return dev.berth.v1.Resources.newBuilder().setCpuMillis(millis).setMemoryBytes(64L << 20);
  }
}
