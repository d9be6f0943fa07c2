package dev.berth.agent.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.spec.Signals;
import dev.berth.v1.PathKind;
import dev.berth.v1.PathStat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What drivers do for users' verbs, as far as they can: signals, processes, copies.
public interface VerbsContractTest {
  /// A driver over a runtime in which nothing of its owner is there.
  RuntimeDriverContractTest.Fixture fixture() throws IOException;

  @Test
  default void aKillIsAnEndAndOtherSignalsReachTheProgram() throws Exception {
    try (RuntimeDriverContractTest.Fixture fixture = fixture()) {
      if (!(fixture.driver() instanceof SignalCapable signals)) {
        return;
      }
      RuntimeHandle killed = RuntimeDriverContractTest.run(fixture.driver(), fixture.thatRuns());
      signals.signal(killed, Signals.KILL);
      assertEquals(137, RuntimeDriverContractTest.awaitExit(fixture.driver(), killed).exitCode());
      DriverException refusal =
          assertThrows(DriverException.class, () -> signals.signal(killed, Signals.KILL));
      assertEquals(PauseCapable.NOT_RUNNING, refusal.failure().reason());
      RuntimeHandle asked = RuntimeDriverContractTest.run(fixture.driver(), fixture.thatRuns());
      // The program may not listen yet.
      long end = System.nanoTime() + RuntimeDriverContractTest.PATIENCE.toNanos();
      while (fixture.driver().inspect(asked).state() instanceof RunState.Running) {
        assertTrue(System.nanoTime() < end, "it does not hear");
        try {
          signals.signal(asked, Signals.TERM);
        } catch (DriverException e) {
          assertEquals(PauseCapable.NOT_RUNNING, e.failure().reason());
        }
      }
      int code = RuntimeDriverContractTest.awaitExit(fixture.driver(), asked).exitCode();
      assertTrue(code == 0 || code == 143, "" + code);
    }
  }

  @Test
  default void listsTheProcessesOfWhatRuns() throws Exception {
    try (RuntimeDriverContractTest.Fixture fixture = fixture()) {
      if (!(fixture.driver() instanceof TopCapable tops)) {
        return;
      }
      RuntimeHandle handle = RuntimeDriverContractTest.run(fixture.driver(), fixture.thatRuns());
      for (List<String> options : List.of(List.<String>of(), List.of("-o", "pid,args"))) {
        TopCapable.Table table = tops.top(handle, options);
        assertTrue(table.titles().contains("PID"), "" + table);
        assertTrue(!table.rows().isEmpty(), "" + table);
        int pid = table.titles().indexOf("PID");
        for (List<String> row : table.rows()) {
          assertEquals(table.titles().size(), row.size(), "" + row);
          assertTrue(Long.parseLong(row.get(pid)) > 1, "" + row);
        }
      }
      assertThrows(DriverException.class, () -> tops.top(handle, List.of("--no-such-option")));
      Observation _ = fixture.driver().stop(handle, Duration.ZERO);
      DriverException refusal =
          assertThrows(DriverException.class, () -> tops.top(handle, List.of()));
      assertEquals(PauseCapable.NOT_RUNNING, refusal.failure().reason());
    }
  }

  @Test
  default void copiesInAndOutOfWhatNeedNotRun() throws Exception {
    try (RuntimeDriverContractTest.Fixture fixture = fixture()) {
      if (!RuntimeDriverContractTest.can(fixture, "copy")) {
        return; // and says so, which the tests of such a driver expect
      }
      CopyCapable copies = (CopyCapable) fixture.driver();
      RuntimeHandle handle =
          RuntimeDriverContractTest.prepare(fixture.driver(), fixture.thatRuns()).handle();
      copies.write(handle, fixture.place(), false, Archives.of("copied/note", "a note"));
      String there = (fixture.place() + "/copied").replace("//", "/");
      assertEquals(PathKind.PATH_KIND_DIRECTORY, copies.stat(handle, there).getKind());
      PathStat note = copies.stat(handle, there + "/note");
      assertEquals(
          PathStat.newBuilder()
              .setName("note")
              .setSizeBytes(6)
              .setKind(PathKind.PATH_KIND_FILE)
              .build(),
          note);
      try (CopyCapable.Archive archive = copies.read(handle, there)) {
        assertEquals(Map.of("copied", "", "copied/note", "a note"), Archives.read(archive.bytes()));
      }
      for (String missing : List.of(there + "/none", there + "/note/none")) {
        DriverException refusal =
            assertThrows(DriverException.class, () -> copies.stat(handle, missing));
        assertInstanceOf(Failure.Permanent.class, refusal.failure());
      }
      DriverException nowhere =
          assertThrows(
              DriverException.class,
              () -> copies.write(handle, there + "/none", false, Archives.of("a", "b")));
      assertEquals(CopyCapable.NO_SUCH_PATH, nowhere.failure().reason());
      IOException cut =
          assertThrows(
              IOException.class,
              () -> copies.write(handle, fixture.place(), false, Archives.thatBreaksOff()));
      assertEquals("whoever sent it went away", cut.getMessage());
    }
  }
}
