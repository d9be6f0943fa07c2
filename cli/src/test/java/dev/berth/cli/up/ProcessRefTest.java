package dev.berth.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessRefTest {
  private final List<Process> started = new ArrayList<>();

  @TempDir Path temp = Path.of("");

  @AfterEach
  void endProcesses() {
    started.forEach(Process::destroyForcibly);
  }

  private ProcessRef start(String... command) throws Exception {
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return ProcessRef.of("it", process.pid()).orElseThrow();
  }

  @Test
  void knowsAProcessUntilItEnds() throws Exception {
    ProcessRef ref = start("sleep", "60");
    assertTrue(ref.alive());
    assertTrue(ref.stop(Duration.ofSeconds(20)));
    assertFalse(ref.alive());
    assertTrue(ref.awaitEnd(Duration.ZERO));
  }

  @Test
  void doesNotTakeAnotherProcessWithTheSameIdForIt() throws Exception {
    ProcessRef ref = start("sleep", "60");
    ProcessRef earlier = new ProcessRef("it", ref.pid(), ref.startTicks() - 1);
    assertFalse(earlier.alive());
    assertTrue(earlier.stop(Duration.ofSeconds(1)));
    assertTrue(ref.alive());
  }

  @Test
  void killsWhatDoesNotEndWhenItIsAsked() throws Exception {
    Path ready = temp.resolve("ready");
    ProcessRef ref =
        start("sh", "-c", "trap '' TERM; touch " + ready + "; while :; do sleep 1; done");
    Eventually.holds(() -> Files.exists(ready));
    assertFalse(ref.stop(Duration.ofMillis(200)));
    assertFalse(ref.alive());
  }

  @Test
  void tableSurvivesAReloadAndForgetsTheDead() throws Exception {
    Path file = temp.resolve("processes");
    ProcessTable table = ProcessTable.load(file);
    ProcessRef one = start("sleep", "60");
    ProcessRef other = start("sleep", "60");
    table.put(new ProcessRef("one", one.pid(), one.startTicks()));
    table.put(new ProcessRef("other", other.pid(), other.startTicks()));
    other.stop(Duration.ofSeconds(20));

    ProcessTable again = ProcessTable.load(file);
    assertEquals(List.of("one"), again.running().stream().map(ProcessRef::name).toList());
    assertTrue(again.recorded("other"));
    again.remove("one");
    assertEquals(List.of(), ProcessTable.load(file).running());
  }

  @Test
  void tableDropsLinesThatNobodyCanRead() throws Exception {
    Path file =
        Files.writeString(temp.resolve("processes"), "etcd 12\nagent x y\n\ncontroller 1 2 3\n");
    assertEquals(List.of(), ProcessTable.load(file).running());
  }
}
