package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.AgentProcess;
import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Cleanup;
import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Commands in what runs, its own streams, and its ports: from a command line to the second of two
/// hosts and back.
class ExecIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(2), "script", "setpriv", "stty");

  private static final int STOPPED_READERS = 100;
  private static final String LEAVE = "\u0010\u0011";
  private static final String CTRL_C = "\u0003";

  private static Cli cli() {
    return CLUSTER.get().cli();
  }

  private static String there() {
    return CLUSTER.get().hosts().get(1).name();
  }

  private static Path logs() {
    return CLUSTER.get().work().path();
  }

  /// `berth run -d --name NAME --node THERE OPTIONS…`, once it runs.
  private static void run(String name, String... options) {
    List<String> words =
        new ArrayList<>(
            List.of("run", "-d", "--name", name, "--require", "node.name == " + there()));
    words.addAll(List.of(options));
    var _ = cli().output(words.toArray(String[]::new));
    Eventually.until(
        name + " is RUNNING",
        () -> CLUSTER.get().api().running(name),
        list -> list.size() == 1 && list.getFirst().getNode().equals(there()));
  }

  private static Typewriter typed(String before, String... words) {
    return Typewriter.at(cli().command(words), before);
  }

  @AfterEach
  void nothingIsLeft() {
    CLUSTER.get().api().deleteAll();
  }

  @AfterAll
  static void stopAll() {
    AgentProcess agent = CLUSTER.get().hosts().get(1).agent();
    agent.daemon().close();
    var _ = agent.stopInstances().requireSuccess();
  }

  @Test
  void aCommandHasItsInputBothOutputsAndItsExitCode() {
    run("web", "berth/demo");
    CommandResult result =
        cli()
            .command("exec", "-i", "web", "sh", "-c", "cat; echo oh >&2; exit 7")
            .reading("hi\n")
            .run();
    assertEquals(new CommandResult(7, "hi\n", "oh\n"), result);
    String told =
        cli()
            .output(
                "exec",
                "-u",
                "1000",
                "-w",
                "/tmp",
                "-e",
                "A=b",
                "web",
                "sh",
                "-c",
                "id -u; pwd; echo $A");
    assertEquals("1000\n/tmp\nb\n", told);
    assertEquals(127, cli().run("exec", "web", "no-such-program").exitCode());
    assertEquals(126, cli().run("exec", "web", "/etc").exitCode());
    CommandResult nowhere = cli().run("exec", "nothing", "true");
    assertEquals(125, nowhere.exitCode());
    assertTrue(nowhere.err().contains("no workload \"nothing\""), nowhere.err());
  }

  @Test
  void muchOutputArrivesWholeAndInOrder() throws Exception {
    run("web", "berth/demo");
    String there =
        cli()
            .output(
                "exec",
                "web",
                "sh",
                "-c",
                "dd if=/dev/urandom of=/tmp/much bs=1M count=100 2>/dev/null; sha256sum"
                    + " </tmp/much");
    Path here = logs().resolve("much");
    Command copies = cli().command("exec", "web", "cat", "/tmp/much");
    ProcessBuilder copy =
        new ProcessBuilder(copies.words())
            .redirectOutput(here.toFile())
            .redirectError(logs().resolve("much.err").toFile());
    copy.environment().putAll(copies.environment());
    assertEquals(0, copy.start().waitFor());
    assertEquals(there.split(" ", 2)[0], sha256(here));
    Files.delete(here);
  }

  /// A producer that would write some hundred megabytes in that minute.
  @Test
  void aReaderThatStopsForAMinuteStopsTheProducerAndCostsTheControllerNothing() throws Exception {
    run("web", "berth/demo");
    long controller = CLUSTER.get().controller().daemon().pid();
    try (StoppedReader reader =
        StoppedReader.open(CLUSTER.get().api().channel(), "web.1", "seq", "1", "100000000")) {
      reader.read(8 << 20);
      long before = Memory.residentBytes(controller);
      Eventually.always(
          Duration.ofMinutes(1),
          "the controller does not grow",
          () -> Memory.residentBytes(controller) - before,
          more -> more < 32L << 20);
      long ahead = written() - reader.bytes();
      assertTrue(ahead < 16L << 20, ahead + " bytes are on their way");
      reader.read(32 << 20);
    }
  }

  /// All through one agent, whose heap has 48 MB.
  @Test
  void readersThatStandStillCostTheNodeLittleHoweverManyTheyAre() throws Exception {
    run("web", "berth/demo");
    Daemon agent = CLUSTER.get().hosts().get(1).agent().daemon();
    long controller = CLUSTER.get().controller().daemon().pid();
    long before = Memory.residentBytes(agent.pid());
    long above = Memory.residentBytes(controller);
    try (Cleanup all = new Cleanup()) {
      List<StoppedReader> readers = new ArrayList<>();
      for (int i = 0; i < STOPPED_READERS; i++) {
        Api api = Api.admin(CLUSTER.get().controller());
        all.add(api::close);
        readers.add(StoppedReader.open(api.channel(), "web.1", "seq", "1", "100000000"));
        all.add(readers.getLast()::close);
        readers.getLast().read(1);
      }
      Eventually.always(
          Duration.ofSeconds(10),
          "the agent does not grow",
          () -> Memory.residentBytes(agent.pid()) - before,
          more -> more < 32L << 20);
      long more = Memory.residentBytes(controller) - above;
      assertTrue(more < (long) STOPPED_READERS << 21, more + " bytes more in the controller");
      assertEquals("ok\n", cli().output("exec", "web", "echo", "ok"));
      for (StoppedReader each : readers) {
        each.read(1 << 20);
      }
    }
    assertTrue(agent.isAlive(), agent.toString());
  }

  private static long written() {
    return Long.parseLong(
        cli()
            .output("exec", "web", "sh", "-c", "grep wchar /proc/$(pidof seq)/io | cut -d' ' -f2")
            .strip());
  }

  private static String sha256(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (var in = Files.newInputStream(file)) {
      byte[] piece = new byte[1 << 16];
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        digest.update(piece, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Test
  void aTerminalFeelsLocal() {
    run("web", "berth/demo");
    try (Typewriter user =
        typed("(sleep 2; stty rows 41 cols 101 </dev/tty) &", "exec", "-it", "web", "sh")) {
      user.await("/ #");
      user.type("until stty size | grep '41 101'; do sleep 0.1; done; echo re''sized\r");
      user.await("resized");
      user.type("sleep 1000\r");
      Eventually.until("it sleeps", () -> processes("web"), text -> text.contains("sleep 1000"));
      user.type(CTRL_C).await("/ #");
      user.type("echo rc=$?\r").await("rc=130");
      user.type("exit 5\r");
      assertEquals(5, user.awaitEnd());
    }
    try (Typewriter user = typed("", "exec", "-it", "web", "vi", "/tmp/note")) {
      user.await("/tmp/note");
      user.type("i").await("I /tmp/note");
      user.type("hello").await("hello");
      user.type("\u001b").await("- /tmp/note");
      user.type(":wq\r");
      assertEquals(0, user.awaitEnd());
    }
    assertEquals("hello\n", cli().output("exec", "web", "cat", "/tmp/note"));
  }

  @Test
  void whoLeavesLeavesTheCommandAndWhoGoesAwayEndsIt() {
    run("web", "berth/demo");
    try (Typewriter user = typed("", "exec", "-it", "web", "sleep", "1111")) {
      Eventually.until("it sleeps", () -> processes("web"), text -> text.contains("sleep 1111"));
      user.type(LEAVE).await("left web.1; the command goes on");
      assertEquals(0, user.awaitEnd());
    }
    assertTrue(processes("web").contains("sleep 1111"));
    try (Daemon gone = cli().start(logs(), "gone", "exec", "web", "sleep", "2222")) {
      Eventually.until("it sleeps", () -> processes("web"), text -> text.contains("sleep 2222"));
      gone.kill();
    }
    Eventually.until("it has ended", () -> processes("web"), text -> !text.contains("sleep 2222"));
  }

  private static String processes(String workload) {
    return cli().output("exec", workload, "sh", "-c", "ps -eo args 2>/dev/null || ps -o args");
  }

  @Test
  void aProgramIsRunAttachedLeftAndAttachedToAgain() {
    CommandResult piped =
        cli()
            .command("run", "-i", "--rm", "berth/demo", "sh", "-c", "cat; exit 3")
            .reading("hi\n")
            .run();
    assertEquals(3, piped.exitCode(), piped.toString());
    assertEquals("hi\n", piped.out());
    try (Typewriter user = typed("", "run", "-it", "--name", "shell", "berth/demo", "sh")) {
      user.await("/ #");
      user.type("a=41; echo is $((a+1))\r").await("is 42");
      user.type(LEAVE).await("left shell; it goes on");
      assertEquals(0, user.awaitEnd());
    }
    try (Typewriter user = typed("", "attach", "shell")) {
      user.type("\recho still $((a+2))\r").await("still 43");
      user.type("exit 4\r");
      assertEquals(4, user.awaitEnd());
    }
    assertTrue(cli().output("logs", "shell").contains("is 42"));
  }

  @Test
  void commandsRunAmongTheProcessesOfAProcess() {
    run(
        "p",
        "--kind",
        "process",
        "-u",
        "nobody",
        "-e",
        "A=b",
        "--",
        "sh",
        "-c",
        "while :; do echo tick; sleep 0.2; done");
    CommandResult result =
        cli()
            .command("exec", "-i", "p", "sh", "-c", "cat; id -un; echo $A; exit 7")
            .reading("hi\n")
            .run();
    assertEquals(new CommandResult(7, "hi\nnobody\nb\n", ""), result);
    assertEquals(127, cli().run("exec", "p", "no-such-program").exitCode());
    try (Typewriter user =
        typed("(sleep 2; stty rows 41 cols 101 </dev/tty) &", "exec", "-it", "p", "sh")) {
      user.await("$");
      user.type("until stty size | grep '41 101'; do sleep 0.1; done; echo re''sized\r");
      user.await("resized");
      user.type("sleep 4444\r");
      Eventually.until("it sleeps", () -> processes("p"), text -> text.contains("sleep 4444"));
      user.type(CTRL_C).await("$");
      user.type("echo rc=$?\r").await("rc=130");
      user.type("exit 5\r");
      assertEquals(5, user.awaitEnd());
    }
    try (Typewriter user = typed("", "attach", "p")) {
      user.await("tick");
    }
  }

  @Test
  void aPortLeadsToAnInstanceWithoutBeingPublished() throws IOException {
    run("web", "berth/demo");
    try (Daemon forward = cli().start(logs(), "forward", "port-forward", "web", ":80", ":81")) {
      String first = forward.awaitLine("127.0.0.1:", Duration.ofMinutes(1));
      String url = "http://" + first.split(" ", 2)[0] + "/";
      for (int i = 0; i < 20; i++) {
        assertTrue(Http.get(url).contains("Hello"), "request " + i);
      }
      String other =
          Eventually.until(
                  "the second port",
                  () -> forward.out().lines().filter(line -> line.endsWith(":81")).findFirst(),
                  line -> line.isPresent())
              .orElseThrow();
      try (var socket =
          new Socket(
              InetAddress.getLoopbackAddress(),
              Integer.parseInt(other.split(" ", 2)[0].split(":", 2)[1]))) {
        assertEquals(-1, socket.getInputStream().read());
      }
      Eventually.until("it says why", forward::err, text -> text.contains("port 81"));
      assertTrue(forward.isAlive());
    }
  }

  @Test
  void aCommandWhoseAgentDiesEndsWithAWordAndIsNotLeft() {
    run("web", "berth/demo");
    AgentProcess agent = CLUSTER.get().hosts().get(1).agent();
    try (Daemon waiting =
        cli().start(logs(), "waiting", "exec", "web", "sh", "-c", "echo up; sleep 3333")) {
      var _ = waiting.awaitLine("up", Duration.ofMinutes(1));
      agent.kill();
      assertEquals(125, waiting.awaitEnd(Duration.ofMinutes(1)));
      assertTrue(waiting.err().contains("web.1 broke off"), waiting.err());
      assertTrue(waiting.err().contains(there()), waiting.err());
      assertFalse(waiting.err().contains("Exception"), waiting.err());
    } finally {
      agent.restart();
    }
    Eventually.until(
        "it runs commands again",
        () -> cli().run("exec", "web", "true").exitCode(),
        code -> code == 0);
  }
}
