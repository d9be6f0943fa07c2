package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.boot.ConsoleFollower;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MachineBootTest {
  private static final Instant START = Instant.parse("2026-11-29T12:00:00.25Z");
  private static final String OF_AN_EARLIER_START = "SeaBIOS (version 1)\nGRUB loading...\n";

  @TempDir Path directory;

  private final Semaphore changes = new Semaphore(0);

  private MachineFiles files() {
    return new MachineFiles(directory);
  }

  private void say(String text) throws IOException {
    Files.writeString(
        files().console(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private MachineBoot follow(ConsoleFollower consoles, Instant start) throws IOException {
    MachineBoot boot =
        new MachineBoot(files(), start, OF_AN_EARLIER_START.length(), changes::release);
    boot.follow(consoles, List.of());
    return boot;
  }

  private void awaitChange() throws InterruptedException {
    assertTrue(changes.tryAcquire(30, TimeUnit.SECONDS), "a phase is told");
  }

  private static List<BootPhaseKind> kinds(MachineBoot boot) {
    return boot.phases().stream().map(BootPhase::getPhase).toList();
  }

  @Test
  void whatAnAgentSawTheNextOneKnowsAndWhatNobodySawIsInferred() throws Exception {
    try (ConsoleFollower consoles = ConsoleFollower.open(Threads.virtual(), AgentClock.system())) {
      say(OF_AN_EARLIER_START);
      List<BootPhase> seen;
      try (MachineBoot boot = follow(consoles, START)) {
        say("SeaBIOS (version 1)\n");
        awaitChange();
        say("GRUB loading...\n");
        awaitChange();
        seen = boot.phases();
      }
      say("[    0.000000] Linux version 6\n");
      try (MachineBoot boot = follow(consoles, START)) {
        assertEquals(seen, boot.phases().subList(0, 3));
        assertEquals(BootPhaseKind.BOOT_PHASE_KIND_KERNEL, kinds(boot).getLast());
        assertTrue(boot.phases().getLast().getInferred());
        assertFalse(boot.phases().get(2).getInferred());
      }
      try (MachineBoot boot = follow(consoles, START)) {
        assertEquals(4, boot.phases().size());
      }
    }
  }

  @Test
  void anotherStartHasPhasesOfItsOwn() throws Exception {
    try (ConsoleFollower consoles = ConsoleFollower.open(Threads.virtual(), AgentClock.system())) {
      say(OF_AN_EARLIER_START);
      try (MachineBoot _ = follow(consoles, START)) {
        say("SeaBIOS (version 1)\n");
        awaitChange();
      }
      Files.delete(files().console());
      try (MachineBoot boot = follow(consoles, START.plusSeconds(5))) {
        assertEquals(List.of(BootPhaseKind.BOOT_PHASE_KIND_CREATED), kinds(boot));
      }
    }
  }

  @Test
  void aConsoleThatWasRotatedMeanwhileLosesNothing() throws Exception {
    try (ConsoleFollower consoles = ConsoleFollower.open(Threads.virtual(), AgentClock.system())) {
      say(OF_AN_EARLIER_START);
      List<BootPhase> seen;
      try (MachineBoot boot = follow(consoles, START)) {
        say("SeaBIOS (version 1)\n");
        awaitChange();
        seen = boot.phases();
      }
      Files.move(files().console(), directory.resolve("console.log.0"));
      try (MachineBoot boot = follow(consoles, START)) {
        say("GRUB loading...\n");
        awaitChange();
        assertEquals(seen, boot.phases().subList(0, 2));
        assertEquals(BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER, kinds(boot).getLast());
      }
    }
  }
}
