package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Assigned;
import dev.berth.agent.driver.DriverException;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Device;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentLoopTest {
  private static final AssignedInstance WEB1 = Assigned.container("web", 1, "runs");
  private static final AssignedInstance WEB2 = Assigned.container("web", 2, "runs");
  private static final String ID1 = WEB1.getInstanceId();
  private static final String ID2 = WEB2.getInstanceId();

  @TempDir Path directory;

  @Test
  void runsWhatIsAssignedAndRemovesWhatIsNot() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(WEB1);
      world.await("web.1 runs", () -> running(world, ID1));
      world.change(AssignmentChange.newBuilder().addChanged(WEB2).addRemoved(ID1).build());
      world.await("web.2 runs", () -> running(world, ID2));
      world.await("web.1 is gone", () -> world.runtime.count() == 1);
      world.set();
      world.await("all are gone", () -> world.runtime.count() == 0);
    }
  }

  @Test
  void startsNothingBeforeTheRuntimeWasListed() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.set(WEB1);
      assertEquals(0, world.runtime.count());
      world.list();
      world.await("web.1 runs", () -> running(world, ID1));
    }
  }

  @Test
  void aRestartedAgentAdoptsEverythingAndStartsNothingTwice() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(WEB1, WEB2);
      world.await("both run", () -> running(world, ID1) && running(world, ID2));
      for (int i = 0; i < 5; i++) {
        world.restartAgent("boot-1");
        world.list();
        world.set(WEB1, WEB2);
        world.await("both are adopted", () -> running(world, ID1) && running(world, ID2));
      }
      assertEquals(1, world.runtime.starts(ID1));
      assertEquals(1, world.runtime.starts(ID2));
    }
  }

  @Test
  void straysAreLeftAloneUntilACompleteSetSaysOtherwise() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      String stray = world.stray("old");
      world.list();
      world.await("it is reported", () -> !world.table().reports().isEmpty());
      world.change(AssignmentChange.newBuilder().addChanged(WEB1).build());
      world.await("web.1 runs", () -> running(world, ID1));
      assertEquals(1, world.runtime.running(stray));
      world.set(WEB1);
      world.await("it is removed", () -> world.runtime.count() == 1);
      assertEquals(1, world.runtime.running(ID1));
    }
  }

  @Test
  void aFailedListingRemovesNothing() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(WEB1);
      world.await("web.1 runs", () -> running(world, ID1));
      world.restartAgent("boot-1");
      world.runtime.failWith(DriverException.retryable("RuntimeUnavailable", "away", null));
      world.list();
      world.set(WEB1);
      world.runtime.failWith(null);
      world.list();
      world.await("web.1 is adopted", () -> running(world, ID1));
      assertEquals(1, world.runtime.starts(ID1));
    }
  }

  @Test
  void nothingStartsAfterAnotherBootUntilAControllerSaysSo() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(WEB1);
      world.await("web.1 runs", () -> running(world, ID1));
      world.runtime.endSilently(ID1, 255);
      world.restartAgent("boot-2");
      world.runtime.clearCalls();
      world.list();
      world.await("its end is seen", () -> world.runtime.calls().contains("inspect " + ID1));
      assertEquals(0, world.runtime.running(ID1));
      assertTrue(
          world.runtime.calls().stream().noneMatch(call -> call.startsWith("start")),
          world.runtime.calls().toString());
    }
  }

  @Test
  void anAgentThatIsRestartedAfterAnotherBootStillStartsNothing() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(WEB1, WEB2);
      world.await("both run", () -> running(world, ID1) && running(world, ID2));
      world.runtime.endSilently(ID1, 255);
      world.restartAgent("boot-2");
      world.change(AssignmentChange.newBuilder().addRemoved(ID2).build());
      world.restartAgent("boot-2");
      world.runtime.clearCalls();
      world.list();
      world.await("its end is seen", () -> world.runtime.calls().contains("inspect " + ID1));
      assertEquals(0, world.runtime.running(ID1));
      world.set(WEB1);
      world.await("a leader wants it to run again", () -> reason(world).equals("RestartBackOff"));
    }
  }

  @Test
  void aDamagedJournalKillsNothingAndStartsNothingTwice() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(WEB1);
      world.await("web.1 runs", () -> running(world, ID1));
      world.crashAgent();
      Files.writeString(directory.resolve("instances"), "torn");
      world.restartAgent("boot-1");
      world.list();
      assertEquals(1, world.runtime.running(ID1));
      world.set(WEB1);
      world.await("web.1 is adopted", () -> running(world, ID1));
      assertEquals(1, world.runtime.starts(ID1));
      assertTrue(Files.exists(directory.resolve("instances.damaged")));
    }
  }

  @Test
  void aDiskThatIsFullTakesNoNewInstanceAndLeavesWhatRunsAlone() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(WEB1);
      world.await("web.1 runs", () -> running(world, ID1));
      world.files.fail("No space left on device");
      world.set(WEB1.toBuilder().setWorkloadRevision(2).build());
      world.await("the journal cannot be written", () -> world.journalProblem().isPresent());
      world.set(WEB1, WEB2);
      assertEquals(InstanceState.INSTANCE_STATE_REJECTED, world.state(ID2));
      assertEquals(0, world.runtime.starts(ID2));
      assertTrue(running(world, ID1));
      world.files.work();
      world.set(WEB1);
      world.await("the journal is written again", () -> world.journalProblem().isEmpty());
      world.set(WEB1, WEB2);
      world.await("web.2 runs", () -> running(world, ID2));
    }
  }

  @Test
  void aStoppedInstanceIsKept() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      world.list();
      world.set(WEB1);
      world.await("web.1 runs", () -> running(world, ID1));
      AssignedInstance stopped =
          WEB1.toBuilder().setDesiredState(DesiredState.DESIRED_STATE_STOP).build();
      world.change(AssignmentChange.newBuilder().addChanged(stopped).build());
      world.await(
          "web.1 is stopped", () -> world.state(ID1) == InstanceState.INSTANCE_STATE_STOPPED);
      assertEquals(1, world.runtime.count());
    }
  }

  @Test
  void rejectsWhatThisNodeCannotRun() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      AssignedInstance unknown =
          WEB1.toBuilder().setSpec(WEB1.getSpec().toBuilder().clearContainer()).build();
      world.list();
      world.set(unknown);
      assertEquals(InstanceState.INSTANCE_STATE_REJECTED, world.state(ID1));
      assertEquals(List.of(ID1), world.table().ids());
      world.set();
      assertEquals(List.of(), world.table().ids());
    }
  }

  @Test
  void rejectsWhatWasGivenADeviceThatThisNodeDoesNotOffer() throws IOException {
    try (InstanceWorld world = new InstanceWorld(directory)) {
      Device gpu = Device.newBuilder().setName("gpu").setId("/dev/sda").build();
      world.list();
      world.set(
          WEB1.toBuilder().addDevices(gpu).build(),
          WEB2.toBuilder().addDevices(InstanceWorld.TPU).build());
      world.await("web.2 runs", () -> running(world, ID2));
      assertEquals(InstanceState.INSTANCE_STATE_REJECTED, world.state(ID1));
      assertEquals("DeviceMissing", reason(world));
    }
  }

  private static String reason(InstanceWorld world) {
    return world.reported.getOrDefault(ID1, InstanceStatus.getDefaultInstance()).getReason();
  }

  private static boolean running(InstanceWorld world, String id) {
    return world.state(id) == InstanceState.INSTANCE_STATE_RUNNING
        && world.runtime.running(id) == 1;
  }
}
