package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Assigned;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.LostPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a lost policy of FENCE means for an agent's instances.
final class FenceTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final AssignedInstance FENCED = fenced("db");
  private static final String ID = FENCED.getInstanceId();
  private static final AssignedInstance FREE = Assigned.container("web", 1, "runs");

  @TempDir Path directory;

  private static AssignedInstance fenced(String workload) {
    AssignedInstance.Builder instance = Assigned.container(workload, 1, "runs").toBuilder();
    instance.getSpecBuilder().setLostPolicy(LostPolicy.LOST_POLICY_FENCE);
    return instance.build();
  }

  @Test
  void stopsWhatHasThePolicyAndNothingElseWhenContactIsTooOld() throws Exception {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.contact(LONG);
      world.set(FENCED, FREE);
      world.await("both run", () -> runs(world, FENCED) && runs(world, FREE));
      assertEquals(List.of(ID), world.watchdog().watched());
      world.contact(SHORT);
      Thread guard = Thread.ofVirtual().start(world.fence());
      world.await("the deadline is over", () -> !world.fence().isOpen());
      world.await("it is stopped", () -> failed(world));
      guard.interrupt();
      assertEquals(0, world.runtime.running(ID));
      assertEquals("Fenced", reason(world));
      assertTrue(runs(world, FREE));
      world.await("nothing is held", () -> world.watchdog().watched().isEmpty());
    }
  }

  @Test
  void whatWasFencedDoesNotRunAgain() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      runAndFence(world);
      world.restartAgent("boot-1");
      world.contact(LONG);
      world.set(FENCED);
      world.list();
      world.await("it is still failed", () -> failed(world));
      assertEquals(1, world.runtime.starts(ID));
      AssignedInstance next = fenced("db2");
      world.set(next);
      world.await("another instance runs", () -> runs(world, next));
    }
  }

  @Test
  void anAgentThatIsRestartedTooLateStopsBeforeItStartsAnything() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.contact(SHORT);
      world.set(FENCED);
      world.await("it runs, or came too late", () -> world.runtime.starts(ID) == 1);
      world.await("the deadline is over", () -> !world.fence().isOpen());
      world.runtime.endSilently(ID, 137);
      world.restartAgent("boot-1");
      world.list();
      world.await("it is failed", () -> failed(world));
      assertEquals(1, world.runtime.starts(ID));
    }
  }

  @Test
  void startsNothingWithoutContact() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(FENCED, FREE);
      world.await("the other runs", () -> runs(world, FREE));
      world.await("it says why", () -> reason(world).equals("NoContact"));
      assertEquals(0, world.runtime.starts(ID));
      world.contact(LONG);
      world.await("it runs", () -> runs(world, FENCED));
    }
  }

  @Test
  void startsNothingThatCannotBeWatchedBecauseTheDiskIsFull() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.contact(LONG);
      world.watchdog().diskFull(true);
      world.set(FENCED);
      world.await("it says why", () -> reason(world).equals("FenceFailed"));
      assertEquals(0, world.runtime.starts(ID));
      world.watchdog().diskFull(false);
      world.await("it runs", () -> runs(world, FENCED));
    }
  }

  private static void runAndFence(InstanceWorld world) throws IOException {
    world.list();
    world.contact(LONG);
    world.set(FENCED);
    world.await("it runs", () -> runs(world, FENCED));
    world.loop().handle(new AgentEvent.FenceClosed());
    world.await("it is stopped", () -> failed(world));
  }

  private static String reason(InstanceWorld world) {
    return world.reported.getOrDefault(ID, InstanceStatus.getDefaultInstance()).getReason();
  }

  private static boolean failed(InstanceWorld world) {
    return world.state(ID) == InstanceState.INSTANCE_STATE_FAILED;
  }

  private static boolean runs(InstanceWorld world, AssignedInstance instance) {
    return world.state(instance.getInstanceId()) == InstanceState.INSTANCE_STATE_RUNNING
        && world.runtime.running(instance.getInstanceId()) == 1;
  }
}
