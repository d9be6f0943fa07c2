package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.AgentProcess;
import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Rows of docs/docker-verbs.md that no other test has: flags of docker on what runs on the second
/// of two nodes.
class DockerFlagsIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(2), "script", "setpriv", "stty");

  private static final String ELSEWHERE = "node.name == host-2";
  private static final String PATIENCE = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

  private static Cli cli() {
    return CLUSTER.get().cli();
  }

  private static void run(String name, List<String> options, String... words) {
    List<String> line = new ArrayList<>(List.of("run", "-d", "--name", name));
    line.addAll(List.of("--require", ELSEWHERE));
    line.addAll(options);
    line.addAll(List.of(words));
    var _ = cli().output(line.toArray(String[]::new));
    Eventually.until(
        name + " is RUNNING",
        () -> CLUSTER.get().api().running(name),
        list -> list.size() == 1 && list.getFirst().getNode().equals("host-2"));
  }

  private static String inside(String name, String script) {
    return cli().output("exec", name, "sh", "-c", script).strip();
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
  void aContainerGetsWhatIsSaidOfIt() {
    Path env = CLUSTER.get().work().file("env", "# of the test\nA=from a file\nB=second\n");
    run(
        "web",
        List.of(
            "--env-file",
            env.toString(),
            "-e",
            "B=first",
            "-v",
            "flags:/data",
            "--entrypoint",
            "sh",
            "--hostname",
            "named",
            "--read-only",
            "--pull",
            "never",
            "-w",
            "/data",
            "-u",
            "1000:1000",
            "--stop-timeout",
            "3"),
        "berth/demo",
        "-c",
        PATIENCE);
    assertEquals("from a file first", inside("web", "echo $A $B"));
    assertEquals("named", inside("web", "hostname"));
    assertEquals("/data", inside("web", "pwd"));
    assertEquals("1000:1000", inside("web", "echo $(id -u):$(id -g)"));
    assertEquals("no", inside("web", "touch /x 2>/dev/null && echo yes || echo no"));
    assertTrue(
        cli()
            .output("exec", "-u", "0", "web", "sh", "-c", "grep ' /data ' /proc/mounts")
            .contains("rw"));
  }

  @Test
  void aDeviceIsWaitedFor() {
    cli().output("run", "-d", "--name", "web", "--device", "gpu", "berth/demo");
    String why =
        Eventually.until(
            "it says what is missing",
            () -> cli().run("why", "web.1").toString(),
            text -> text.contains("gpu"));
    assertTrue(CLUSTER.get().api().running("web").isEmpty(), why);
  }

  @Test
  void aProcessGetsTheLimitsThatAreSaidOfIt() {
    run(
        "p",
        List.of(
            "--kind",
            "process",
            "--pids-limit",
            "17",
            "--ulimit",
            "nofile=123:456",
            "--cap-drop",
            "net_raw",
            "--isolation",
            "namespaces",
            "-u",
            "nobody"),
        "--",
        "sh",
        "-c",
        "ulimit -n; ulimit -Hn; echo $$; grep CapBnd /proc/self/status; " + PATIENCE);
    List<String> lines =
        Eventually.until(
            "it has told",
            () -> cli().output("logs", "p").lines().toList(),
            list -> list.size() == 4);
    assertEquals(List.of("123", "456"), lines.subList(0, 2));
    assertTrue(Integer.parseInt(lines.get(2)) < 10, "a namespace of processes: " + lines);
    long bounding = Long.parseUnsignedLong(lines.get(3).split("\\s+", 2)[1], 16);
    assertEquals(0, bounding & 1 << 13, "net_raw is dropped: " + lines);
    String forks = "i=0; while [ $i -lt 30 ]; do sleep 5 & i=$((i+1)); done; echo done";
    CommandResult many = cli().run("exec", "p", "sh", "-c", forks);
    assertTrue(many.err().toLowerCase(java.util.Locale.ROOT).contains("fork"), many.toString());
  }

  @Test
  void logsAndListsAreCutAsTheyAreInDocker() {
    run(
        "web",
        List.of(),
        "berth/demo",
        "sh",
        "-c",
        "for i in 1 2 3 4 5; do echo line $i; done; " + PATIENCE);
    Eventually.until(
        "it has told", () -> cli().output("logs", "web"), text -> text.contains("line 5"));
    assertEquals("line 4\nline 5\n", cli().output("logs", "--tail", "2", "web"));
    assertEquals("", cli().output("logs", "--since", "2999-01-01T00:00:00Z", "web"));
    assertEquals(5, cli().output("logs", "--since", "1h", "web").lines().count());
    run("other", List.of(), "berth/demo");
    assertEquals("other.1\n", cli().output("ps", "--last", "1", "-o", "name"));
    assertEquals(2, cli().output("ps", "--last", "5", "-o", "name").lines().count());
    assertEquals("", cli().output("events", "--since", "2999-01-01T00:00:00Z"));
    assertTrue(cli().output("events", "--since", "1h").contains("other.1"));
    assertTrue(cli().output("version").contains("controller"));
  }

  @Test
  void waitEndsWithTheCodeOfTheProgram() {
    cli()
        .output(
            "run",
            "-d",
            "--name",
            "once",
            "--restart",
            "no",
            "--require",
            ELSEWHERE,
            "berth/demo",
            "sh",
            "-c",
            "sleep 1; exit 9");
    assertEquals(9, cli().run("wait", "once").exitCode());
  }

  @Test
  void commandsTakeTheirFlags() {
    Path env = CLUSTER.get().work().file("exec-env", "A=from a file\n");
    run("web", List.of(), "berth/demo", "sh", "-c", "echo up; " + PATIENCE);
    assertEquals(
        "from a file\n",
        cli().output("exec", "--env-file", env.toString(), "web", "sh", "-c", "echo $A"));
    // Whether a command may have all rights is for the daemon to say: here as there.
    String all = "grep CapEff /proc/self/status";
    CommandResult own =
        CLUSTER
            .get()
            .hosts()
            .get(1)
            .docker()
            .docker(
                "exec",
                "--privileged",
                CLUSTER.get().containers("web").getFirst().id(),
                "sh",
                "-c",
                all)
            .run();
    CommandResult ours = cli().run("exec", "--privileged", "web", "sh", "-c", all);
    assertEquals(own.exitCode(), ours.exitCode(), own + " and " + ours);
    // Where the daemon refuses, docker says so on stdout.
    assertEquals((own.out() + own.err()).strip(), (ours.out() + ours.err()).strip());
    assertNotEquals(inside("web", all), ours.out().strip());
    try (Daemon attached =
        cli().start(CLUSTER.get().work().path(), "attached", "attach", "--no-stdin", "talk")) {
      assertEquals(125, attached.awaitEnd(Duration.ofMinutes(1)), attached.toString());
    }
    run("talk", List.of(), "berth/demo", "sh", "-c", "while true; do echo tick; sleep 0.2; done");
    try (Daemon attached =
        cli().start(CLUSTER.get().work().path(), "attached", "attach", "--no-stdin", "talk")) {
      attached.awaitLine("tick", Duration.ofMinutes(1));
    }
  }

  @Test
  void whoLeavesMayChooseTheKeys() {
    run("web", List.of(), "berth/demo");
    try (Typewriter user =
        Typewriter.at(
            cli().command("exec", "-it", "--detach-keys", "ctrl-x,q", "web", "sleep", "999"), "")) {
      Eventually.until(
          "it sleeps", () -> inside("web", "ps -o args"), text -> text.contains("sleep 999"));
      user.type("\u0018q").await("left web.1");
      assertEquals(0, user.awaitEnd());
    }
    try (Typewriter user =
        Typewriter.at(
            cli()
                .command(
                    "run",
                    "-it",
                    "--name",
                    "shell",
                    "--detach-keys",
                    "ctrl-x,q",
                    "berth/demo",
                    "sh"),
            "")) {
      user.await("/ #");
      user.type("\u0018q").await("left shell");
      assertEquals(0, user.awaitEnd());
    }
  }

  private static final String TICKS = "while true; do echo tick; sleep 0.1; done";
  private static final String LISTENS =
      "trap 'echo got INT' INT; trap 'echo bye; exit 5' TERM; " + TICKS;

  @Test
  void signalsReachTheProgramOrLeaveIt() {
    Path work = CLUSTER.get().work().path();
    Duration limit = Duration.ofMinutes(1);
    run("web", List.of("--restart=no"), "berth/demo", "sh", "-c", LISTENS);
    try (Daemon left = cli().start(work, "left", "attach", "--sig-proxy=false", "web");
        Daemon attached = cli().start(work, "attached", "attach", "web")) {
      left.awaitLine("tick", limit);
      left.signal("INT");
      assertEquals(130, left.awaitEnd(limit), left.toString());
      attached.awaitLine("tick", limit);
      attached.signal("INT");
      attached.awaitLine("got INT", limit);
      attached.signal("TERM");
      assertEquals(5, attached.awaitEnd(limit), attached.toString());
      assertTrue(attached.out().endsWith("bye\n"), attached.toString());
    }
    run("deaf", List.of(), "berth/demo", "sh", "-c", "trap 'echo not me' INT; " + TICKS);
    try (Typewriter user = Typewriter.at(cli().command("attach", "deaf"), "")) {
      user.await("tick");
      user.type("\u0003").await("not me");
      user.type("\u0003").await("once more ends this command");
      user.type("\u0003");
      assertEquals(130, user.awaitEnd());
      assertEquals(1, CLUSTER.get().api().running("deaf").size());
    }
    for (List<String> kind :
        List.of(List.of("berth/demo", "sh"), List.of("--kind=process", "--", "/bin/sh"))) {
      foreground(work, limit, kind);
    }
  }

  private static void foreground(Path work, Duration limit, List<String> kind) {
    List<String> line = new ArrayList<>(List.of("run", "--require", ELSEWHERE, "--name=front"));
    line.add("--sig-proxy");
    line.addAll(kind);
    line.addAll(List.of("-c", LISTENS));
    try (Daemon run = cli().start(work, "front", line.toArray(String[]::new))) {
      run.awaitLine("tick", limit);
      run.signal("INT");
      run.awaitLine("got INT", limit);
      run.signal("TERM");
      assertEquals(5, run.awaitEnd(limit), run.toString());
    }
    line.set(line.indexOf("--name=front"), "--name=left");
    line.set(line.indexOf("--sig-proxy"), "--sig-proxy=false");
    try (Daemon run = cli().start(work, "front", line.toArray(String[]::new))) {
      run.awaitLine("tick", limit);
      run.signal("INT");
      assertEquals(130, run.awaitEnd(limit), run.toString());
      assertTrue(run.err().contains("left left; it goes on"), run.toString());
      assertEquals(1, CLUSTER.get().api().running("left").size());
    }
    CLUSTER.get().api().deleteAll();
  }
}
