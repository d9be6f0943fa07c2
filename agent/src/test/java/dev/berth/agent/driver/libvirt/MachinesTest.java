package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.berth.agent.boot.ConsoleFollower;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.image.HttpImages;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachinesTest {
  private final UUID id = UUID.randomUUID();
  private ConsoleFollower consoles;
  private Machines machines;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    AgentClock clock = AgentClock.system();
    consoles = ConsoleFollower.open(Threads.virtual(), clock);
    ImageStore images = ImageStore.open(directory.resolve("i"), new HttpImages(), clock::wall);
    machines =
        new Machines("libvirt", LibvirtPlace.open(directory.resolve("m"), images, consoles, clock));
  }

  @AfterEach
  void close() throws IOException {
    consoles.close();
  }

  private MachineView off(MachineState.Cause why) {
    return new MachineView(id, "m", new MachineState.Off(why), Map.of());
  }

  @Test
  void whatWasOffBeforeItWasStartedHasNotEnded() throws IOException {
    long before = machines.starts();
    MachineView fresh = off(MachineState.Cause.UNKNOWN);
    machines.starting(id, Map.of());
    assertEquals(Optional.empty(), machines.observe(fresh, before), "it is being started");
    machines.started(id);
    assertEquals(Optional.empty(), machines.observe(fresh, before), "it runs by now");
    RunState now =
        machines
            .observe(off(MachineState.Cause.SHUT_DOWN), machines.starts())
            .orElseThrow()
            .state();
    assertEquals(0, assertInstanceOf(RunState.Exited.class, now).exitCode());
  }

  @Test
  void aStartThatFailedLeavesItAsItWas() throws IOException {
    machines.starting(id, Map.of());
    machines.startFailed(id);
    RunState now =
        machines.observe(off(MachineState.Cause.UNKNOWN), machines.starts()).orElseThrow().state();
    assertInstanceOf(RunState.Created.class, now);
  }
}
