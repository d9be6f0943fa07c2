package dev.berth.agent.driver;

import static dev.berth.agent.driver.RuntimeDriverContractTest.PATIENCE;
import static dev.berth.agent.driver.RuntimeDriverContractTest.prepare;
import static dev.berth.agent.driver.RuntimeDriverContractTest.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.RuntimeDriverContractTest.Fixture;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.OpenExec;
import dev.berth.v1.TerminalSize;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What every driver does that runs commands in instances.
public interface ExecContractTest {
  /// A driver over a runtime in which nothing of its owner is there.
  Fixture fixture() throws IOException;

  private static OpenExec.Builder shell(String script) {
    return OpenExec.newBuilder().addAllCommand(List.of("sh", "-c", script));
  }

  /// What a command wrote to both outputs, up to its end.
  private static String output(Execution command) throws DriverException {
    StringBuilder text = new StringBuilder();
    for (Optional<LogChunk> next = command.read(); next.isPresent(); next = command.read()) {
      text.append(next.get().getSource() == LogSource.LOG_SOURCE_STDERR ? "!" : "")
          .append(next.get().getData().toStringUtf8());
    }
    return text.toString();
  }

  @Test
  default void runsCommandsBesideTheProgram() throws Exception {
    try (Fixture fixture = fixture()) {
      ExecCapable driver = (ExecCapable) fixture.driver();
      assertTrue(fixture.driver().describe().description().getCapabilitiesList().contains("exec"));
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      OpenExec.Builder read =
          shell("read line; echo \"$line $A\"; read rest || exit 3").setInput(true);
      try (Execution command = driver.exec(handle, read.putEnv("A", "b").build())) {
        command.write(ByteString.copyFromUtf8("hello\n"));
        command.endInput();
        assertEquals("hello b\n", output(command));
        assertEquals(3, command.exitCode());
      }
      try (Execution command = driver.exec(handle, shell("echo oh >&2; kill -9 $$").build())) {
        assertEquals("!oh\n", output(command));
        assertEquals(137, command.exitCode());
      }
      assertInstanceOf(RunState.Running.class, fixture.driver().inspect(handle).state());
    }
  }

  @Test
  default void givesACommandATerminal() throws Exception {
    try (Fixture fixture = fixture()) {
      ExecCapable driver = (ExecCapable) fixture.driver();
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      OpenExec.Builder asks =
          shell(
                  "stty -echo; until stty size | grep '31 97'; do sleep 0.05; done;"
                      + " until stty size | grep '11 33'; do sleep 0.05; done; read a; exit 4")
              .setTerminal(true)
              .setInput(true)
              .setSize(TerminalSize.newBuilder().setRows(31).setColumns(97));
      try (Execution command = driver.exec(handle, asks.build())) {
        assertTrue(command.isTerminal());
        StringBuilder shown = new StringBuilder();
        while (!shown.toString().contains("31 97")) {
          shown.append(command.read().orElseThrow().getData().toStringUtf8());
        }
        command.resize(TerminalSize.newBuilder().setRows(11).setColumns(33).build());
        command.write(ByteString.copyFromUtf8("x\r"));
        String rest = output(command);
        assertTrue(rest.contains("11 33"), rest);
        assertEquals(4, command.exitCode());
      }
    }
  }

  @Test
  default void tellsWhatCannotBeExecutedByItsExitCode() throws Exception {
    try (Fixture fixture = fixture()) {
      ExecCapable driver = (ExecCapable) fixture.driver();
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      for (var each : Map.of("no-such-program", 127, "/etc", 126).entrySet()) {
        OpenExec wanted = OpenExec.newBuilder().addCommand(each.getKey()).build();
        try (Execution command = driver.exec(handle, wanted)) {
          String said = output(command);
          assertTrue(said.startsWith("!"), said);
          assertEquals(each.getValue(), command.exitCode(), said);
        }
      }
    }
  }

  @Test
  default void endsACommandOfWhichNobodyWantsMore() throws Exception {
    try (Fixture fixture = fixture()) {
      ExecCapable driver = (ExecCapable) fixture.driver();
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      String mark = "berth-" + UUID.randomUUID();
      OpenExec sleeps = shell("echo up; sleep 1000; : " + mark).build();
      try (Execution command = driver.exec(handle, sleeps)) {
        assertEquals("up\n", command.read().orElseThrow().getData().toStringUtf8());
        assertTrue(isThere(mark));
      }
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (isThere(mark)) {
        assertTrue(System.nanoTime() < deadline, "the command goes on");
        Thread.sleep(20);
      }
    }
  }

  private static boolean isThere(String mark) {
    return ProcessHandle.allProcesses()
        .anyMatch(each -> each.info().commandLine().orElse("").contains(mark));
  }

  @Test
  default void runsNoCommandsInWhatDoesNotRun() throws Exception {
    try (Fixture fixture = fixture()) {
      ExecCapable driver = (ExecCapable) fixture.driver();
      RuntimeHandle handle = prepare(fixture.driver(), fixture.thatRuns()).handle();
      DriverException refusal =
          assertThrows(
              DriverException.class, () -> driver.exec(handle, shell("true").build()).close());
      assertEquals(PauseCapable.NOT_RUNNING, refusal.failure().reason());
    }
  }
}
