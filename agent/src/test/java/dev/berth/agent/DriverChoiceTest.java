package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Assigned;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceState;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent with two drivers of the same kind.
final class DriverChoiceTest {
  private static final AssignedInstance WEB = Assigned.container("web", 1, "runs");
  private static final String ID = WEB.getInstanceId();

  @TempDir Path directory;

  private InstanceWorld world(boolean first, boolean second) throws IOException {
    InstanceWorld world = new InstanceWorld(directory);
    world.available(first, second);
    world.haveSpare(true);
    world.restartAgent("boot-1");
    return world;
  }

  private static void awaitRunning(InstanceWorld world) {
    world.await("it runs", () -> world.state(ID) == InstanceState.INSTANCE_STATE_RUNNING);
  }

  @Test
  void theFirstThatCanBeUsedRunsWhatChoseNone() throws IOException {
    try (InstanceWorld world = world(false, true)) {
      world.list();
      world.listSpare();
      world.set(WEB);
      awaitRunning(world);
      assertEquals(1, world.spareRuntime.running(ID));
      assertEquals(0, world.runtime.count());
      assertEquals(InstanceWorld.SPARE, world.status(ID).getDriver());
    }
  }

  @Test
  void theFirstOneCountsMost() throws IOException {
    try (InstanceWorld world = world(true, true)) {
      world.list();
      world.listSpare();
      world.set(WEB);
      awaitRunning(world);
      assertEquals(1, world.runtime.running(ID));
      assertEquals(0, world.spareRuntime.count());
    }
  }

  @Test
  void whatADriverMadeStaysWithItWhenTheAgentIsRestarted() throws IOException {
    try (InstanceWorld world = world(false, true)) {
      world.list();
      world.listSpare();
      world.set(WEB);
      awaitRunning(world);
      world.available(true, true);
      world.restartAgent("boot-1");
      world.list();
      world.set(WEB);
      world.listSpare();
      awaitRunning(world);
      assertEquals(1, world.spareRuntime.starts(ID));
      assertEquals(0, world.runtime.count());
    }
  }

  @Test
  void whatALostDriverMadeIsMadeByNoOther() throws IOException {
    try (InstanceWorld world = world(false, true)) {
      world.list();
      world.listSpare();
      world.set(WEB);
      awaitRunning(world);
      world.available(true, false);
      world.haveSpare(false);
      world.restartAgent("boot-1");
      world.list();
      world.set(WEB);
      assertEquals(InstanceState.INSTANCE_STATE_REJECTED, world.state(ID));
      String message = world.status(ID).getMessage();
      assertTrue(message.contains("made by the driver spare"), message);
      assertEquals(0, world.runtime.count());

      world.haveSpare(true);
      world.restartAgent("boot-1");
      world.list();
      world.listSpare();
      world.set(WEB);
      awaitRunning(world);
      assertEquals(1, world.spareRuntime.starts(ID));
    }
  }

  @Test
  void whatAnotherDriverHasIsTakenOver() throws IOException {
    try (InstanceWorld world = world(false, true)) {
      world.listSpare();
      world.set(WEB);
      awaitRunning(world);
      // The journal is lost, and the driver that would be chosen now is not listed yet.
      world.loseJournal();
      world.available(true, true);
      world.restartAgent("boot-1");
      world.set(WEB);
      world.listSpare();
      awaitRunning(world);
      world.list();
      assertEquals(InstanceWorld.SPARE, world.status(ID).getDriver());
      assertEquals(1, world.spareRuntime.starts(ID));
      assertEquals(0, world.runtime.count());
      world.sayLate(ID, "fake");
      assertEquals(InstanceWorld.SPARE, world.status(ID).getDriver());
      awaitRunning(world);
    }
  }
}
