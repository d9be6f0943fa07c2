package dev.berth.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.cli.testing.BerthProcess;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.FakeExec;
import dev.berth.cli.testing.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `berth console` on a real terminal, which `script` makes.
@Timeout(180)
class ConsoleTerminalTest {
  private static final String LEAVE = "\u001d";

  @TempDir Path directory;
  private FakeCluster cluster;
  private Process terminal;
  private final StringBuilder shown = new StringBuilder();

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")),
        "script is not installed (Debian's package bsdutils)");
    cluster = new FakeCluster(directory);
    Samples.fill(cluster);
    ProcessBuilder berth =
        BerthProcess.of(cluster.environment(), directory.resolve("log"), "console", "web.1");
    String line = String.join(" ", berth.command().stream().map(word -> "'" + word + "'").toList());
    String session =
        "cd '%s'; stty -a >before; %s; echo $? >code; stty -a >after".formatted(directory, line);
    ProcessBuilder script = new ProcessBuilder("script", "-qec", session, "/dev/null");
    script.environment().putAll(cluster.environment());
    terminal = script.redirectError(directory.resolve("log").toFile()).start();
  }

  @AfterEach
  void stop() throws IOException {
    if (terminal != null) {
      terminal.descendants().forEach(ProcessHandle::destroyForcibly);
      terminal.destroyForcibly();
      cluster.close();
    }
  }

  @Test
  void everyKeyGoesToTheMachineButTheOneThatLeaves() throws Exception {
    awaitShown("attached to web.1; leave with Ctrl-]");
    awaitShown(FakeExec.GREETING);
    type("a\u0003");
    StringBuilder heard = new StringBuilder();
    while (heard.length() < 2) {
      heard.append(cluster.exec().heard());
    }
    assertEquals("a\u0003", heard.toString());
    type(LEAVE);
    assertEquals(FakeExec.LEFT, cluster.exec().heard());
    awaitShown("left web.1; it goes on");
    assertEndsAsItBegan("0");
  }

  @Test
  void theTerminalIsAsItWasAfterASignal() throws Exception {
    awaitShown(FakeExec.GREETING);
    ProcessHandle berth =
        terminal
            .descendants()
            .filter(each -> each.info().command().orElse("").endsWith("/java"))
            .findFirst()
            .orElseThrow();
    assertTrue(berth.destroy());
    assertEndsAsItBegan("143");
  }

  @Test
  void theTerminalIsAsItWasAfterAnError() throws Exception {
    awaitShown(FakeExec.GREETING);
    cluster.exec().breakOff(io.grpc.Status.ABORTED.withDescription("taken over"));
    type("x");
    awaitShown("broke off: taken over");
    assertEndsAsItBegan("1");
  }

  private void type(String keys) throws IOException {
    terminal.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
    terminal.getOutputStream().flush();
  }

  private void awaitShown(String wanted) throws IOException {
    InputStream screen = terminal.getInputStream();
    int next = 0;
    while (next >= 0 && !shown.toString().contains(wanted)) {
      next = screen.read();
      shown.append((char) next);
    }
    assertTrue(next >= 0, () -> "the terminal shows only: " + shown);
  }

  private void assertEndsAsItBegan(String code) throws Exception {
    assertTrue(terminal.waitFor(60, TimeUnit.SECONDS), "it does not end");
    assertEquals(code, Files.readString(directory.resolve("code")).strip());
    assertEquals(
        Files.readString(directory.resolve("before")),
        Files.readString(directory.resolve("after")));
  }
}
