package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.ContainerView;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ListInstancesRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Docker's verbs on what runs on the second of two nodes.
class DockerVerbsIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(2), "setpriv", "tar");

  private static final String ELSEWHERE = "node.name == host-2";
  // Says when it hears of it, and ends when it is asked to.
  private static final String LISTENER =
      "trap 'echo heard' USR1; trap 'exit 0' TERM; echo up; while true; do sleep 0.1; done";

  private static Cli cli() {
    return CLUSTER.get().cli();
  }

  private static void run(String kind, String name, String... words) {
    List<String> line = new ArrayList<>(List.of("run", "-d", "--kind", kind, "--name", name));
    line.addAll(List.of("--require", ELSEWHERE));
    line.addAll(List.of(words));
    var _ = cli().output(line.toArray(String[]::new));
    Instance running =
        Eventually.until(
                name + " is RUNNING",
                () -> CLUSTER.get().api().running(name),
                list -> list.size() == 1)
            .getFirst();
    assertEquals("host-2", running.getNode());
  }

  private static void container(String name, String script, String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.addAll(List.of("berth/demo", "sh", "-c", script));
    run("container", name, words.toArray(String[]::new));
    awaitUp(name);
  }

  private static void process(String name, String script, String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.addAll(List.of("--", "sh", "-c", script));
    run("process", name, words.toArray(String[]::new));
    awaitUp(name);
  }

  private static void awaitUp(String name) {
    var _ = Eventually.until(name + " is up", () -> logs(name), text -> text.contains("up\n"));
  }

  private static String logs(String name) {
    return cli().output("logs", name);
  }

  private static Instance last(String workload) {
    ListInstancesRequest request =
        ListInstancesRequest.newBuilder().setWorkload(workload).setIncludeFinal(true).build();
    return CLUSTER.get().api().instances().listInstances(request).getInstancesList().getLast();
  }

  private static CommandResult refused(String word, String... line) {
    CommandResult result = cli().run(line);
    assertEquals(1, result.exitCode(), result.toString());
    assertTrue(result.err().contains(word), result.toString());
    return result;
  }

  @AfterEach
  void nothingIsLeft() {
    CLUSTER.get().api().deleteAll();
    Eventually.until(
        "no containers of Berth's",
        () -> CLUSTER.get().hosts().get(1).docker().probe().containers(),
        List::isEmpty);
    String directory = CLUSTER.get().work().path().toString();
    Eventually.until(
        "no carriers",
        () ->
            ProcessHandle.allProcesses()
                .map(each -> each.info().commandLine().orElse(""))
                .filter(line -> line.contains("carrier.sh") && line.contains(directory))
                .count(),
        count -> count == 0);
  }

  /// Also what a failed test has left.
  @AfterAll
  static void stopAll() {
    CLUSTER
        .get()
        .hosts()
        .forEach(
            host -> {
              host.agent().daemon().close();
              var _ = host.agent().stopInstances().requireSuccess();
            });
  }

  private static void signalsReachAndKillIsAnEnd(String name) {
    assertEquals(name + "\n", cli().output("kill", "-s", "USR1", name));
    var _ = Eventually.until("it heard", () -> logs(name), text -> text.contains("heard\n"));
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, last(name).getStatus().getState());
    Instance before = last(name);
    assertEquals(name + ".1\n", cli().output("kill", name + ".1"));
    // An end like any other: its policy starts the same instance again, after 15 s.
    Instance waits =
        Eventually.until("it was killed", () -> last(name), each -> each.getStatus().hasExitCode());
    assertEquals(137, waits.getStatus().getExitCode());
    assertEquals(before.getId(), waits.getId());
    var _ =
        Eventually.until(
            "it is started again",
            () -> last(name),
            each ->
                each.getStatus().getRestarts() == 1
                    && each.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING
                    && !each.getStatus().hasNextRestartTime());
    assertEquals(before.getId(), last(name).getId());
  }

  @Test
  void killSendsSignalsToAContainerElsewhere() {
    container("web", LISTENER);
    signalsReachAndKillIsAnEnd("web");
  }

  @Test
  void killSendsSignalsToAProcessElsewhere() {
    process("probe", LISTENER);
    signalsReachAndKillIsAnEnd("probe");
    var _ = refused("does not run", "kill", "nothing.1");
  }

  @Test
  void aKilledBatchHasFailedWith137() {
    container("once", LISTENER, "--restart", "no");
    cli().output("kill", "once");
    Instance end =
        Eventually.until(
            "it has failed",
            () -> last("once"),
            each -> each.getStatus().getState() == InstanceState.INSTANCE_STATE_FAILED);
    assertEquals(137, end.getStatus().getExitCode());
    var _ = refused("does not run", "kill", "once");
  }

  @Test
  void statsMeasureWhatRunsElsewhere() {
    String busy = "echo up; while true; do :; done";
    container("web", busy, "-m", "64m", "--cpus", "0.2");
    process("probe", busy, "-m", "64m", "--cpus", "0.2");
    List<String> lines = cli().output("stats", "--no-stream").lines().toList();
    assertEquals(3, lines.size(), "" + lines);
    for (String line : lines.subList(1, 3)) {
      assertTrue(line.matches("(web|probe)\\.1 +[0-9a-f]{12} +host-2 +[0-9.]+% .*"), line);
      assertTrue(line.contains(" / 64Mi"), line);
    }
    String json = cli().output("stats", "--no-stream", "-o", "json", "web.1");
    assertTrue(json.contains("\"cpuPercent\":") && json.contains("\"pids\":"), json);
  }

  @Test
  void topShowsTheProcessesElsewhere() {
    container("web", LISTENER);
    process("probe", LISTENER);
    for (String name : List.of("web", "probe")) {
      List<String> lines = cli().output("top", name).lines().toList();
      assertTrue(lines.getFirst().matches("UID +PID +PPID .*CMD"), "" + lines);
      assertTrue(lines.stream().anyMatch(line -> line.contains("echo heard")), "" + lines);
      String chosen = cli().output("top", name, "-o", "pid,args");
      assertTrue(chosen.startsWith("PID") && chosen.contains("echo heard"), chosen);
      var _ = refused("ps", "top", name, "--no-such-option");
    }
  }

  @Test
  void portSaysWhereItIs() {
    container("web", LISTENER, "-p", "8080:80", "-p", "53/udp");
    String all = cli().output("port", "web");
    assertTrue(all.startsWith("80/tcp -> 0.0.0.0:8080\n53/udp -> 0.0.0.0:2"), all);
    assertEquals("0.0.0.0:8080\n", cli().output("port", "web.1", "80"));
    var _ = refused("has no port", "port", "web", "81/tcp");
  }

  @Test
  void filtersAndTimesAreThoseOfDocker() {
    container("web", LISTENER, "--label", "tier=front");
    process("probe", LISTENER);
    assertEquals("web.1\n", names("label=tier=front"));
    assertEquals("probe.1\n", names("kind=process"));
    assertEquals("web.1\n", names("ancestor=berth/demo"));
    assertEquals("probe.1\nweb.1\n", names("status=running"));
    assertEquals("", names("status=exited"));
    assertEquals("web.1\n", names("name=we"));
    String latest = cli().output("ps", "-l", "-o", "name");
    assertEquals("probe.1\n", latest);
    assertEquals("", cli().output("logs", "--until", "1h", "web"));
    assertEquals("up\n", cli().output("logs", "--until", "2999-01-01T00:00:00Z", "web"));
    String events = cli().output("events", "--filter", "event=Running", "--filter", "workload=web");
    assertTrue(events.lines().count() > 0, events);
    assertTrue(events.lines().allMatch(line -> line.contains("  Running  web.1")), events);
    assertEquals("", cli().output("events", "--until", "1h"));
  }

  private static String names(String filter) {
    return cli().output("ps", "-o", "name", "--filter", filter);
  }

  @Test
  void copiesIntoAContainerAndOutOfItAlsoWhenItIsStopped() throws IOException {
    container("web", LISTENER);
    Path site = tree("site");
    String log = cli().run("cp", site.toString(), "web:/srv").err();
    assertTrue(log.contains("copied ") && log.contains("web:/srv"), log);
    ContainerView running = CLUSTER.get().containers("web").getFirst();
    String listed =
        CLUSTER
            .get()
            .hosts()
            .get(1)
            .docker()
            .docker("exec", running.id(), "sh", "-c", "cat /srv/note; ls -ln /srv/note")
            .output();
    assertTrue(listed.startsWith("a note") && listed.contains(" 0 "), listed);

    cli().output("stop", "web");
    Path back = site.resolveSibling("back");
    cli().output("cp", "web.1:/srv", back.toString());
    assertSame(site, back);
    // Absolute and upward links are copied, and never followed out.
    cli().output("cp", site + "/note", "web.1:/srv/second");
    cli().output("cp", "-q", "web.1:/srv/.", back.toString());
    assertEquals("a note", Files.readString(back.resolve("second")));
    var _ = refused("there is nothing", "cp", "web.1:/none", ".");
    var _ = refused("there is nothing at /none", "cp", site + "/note", "web.1:/none/x");
    var _ = refused("is a file", "cp", site.toString(), "web.1:/srv/note");
  }

  @Test
  void whatAContainerHoldsStaysWithinTheDestination() throws IOException {
    Path out = CLUSTER.get().work().directory("out");
    Path precious = CLUSTER.get().work().file("precious", "precious");
    container(
        "web",
        "mkdir -p /d; ln -s "
            + precious
            + " /d/far; ln -s ../../../../../../etc /d/up; echo x >/d/x; "
            + LISTENER);
    cli().output("cp", "web:/d", out.toString());
    assertEquals(precious, Files.readSymbolicLink(out.resolve("d/far")));
    // The second time the links are there: they are replaced, not written through.
    container(
        "evil", "mkdir -p /d; echo evil >/d/far; mkdir /d/up; echo evil >/d/up/z; " + LISTENER);
    CommandResult result = cli().run("cp", "evil:/d", out.toString());
    assertEquals(1, result.exitCode(), result.toString());
    assertTrue(result.err().contains("in its place"), result.toString());
    assertEquals("precious", Files.readString(precious));
    assertFalse(Files.exists(Path.of("/etc/z")));
  }

  @Test
  void copiesAsTheUserOfAProcessAndNoFurther() throws IOException {
    Path directory = CLUSTER.get().work().directory("open");
    var _ = directory.toFile().setWritable(true, false);
    Path parent = CLUSTER.get().work().path();
    var _ = parent.toFile().setExecutable(true, false);
    Path secret = CLUSTER.get().work().file("secret", "secret");
    var _ = secret.toFile().setReadable(false, false);
    process("probe", LISTENER, "-u", "nobody");
    Path site = tree("mine");
    cli().output("cp", site.toString(), "probe:" + directory + "/site");
    assertSame(site, directory.resolve("site"));
    assertEquals("nobody", Files.getOwner(directory.resolve("site/note")).getName());
    Path back = site.resolveSibling("again");
    cli().output("cp", "-L", "probe.1:" + directory + "/site/.", back.toString());
    assertSame(site, back);
    var _ = refused("Permission denied", "cp", "probe:" + secret, back.toString());
    var _ = refused("Permission denied", "cp", site + "/note", "probe:/etc/berth-no");
    assertFalse(Files.exists(Path.of("/etc/berth-no")));
  }

  @Test
  void archivesStreamThroughPipes() {
    container("web", "mkdir /srv; echo inside >/srv/note; " + LISTENER);
    String archive = cli().command("cp", "web:/srv/note", "-").output();
    assertTrue(archive.contains("inside"), archive);
    container("copy", "mkdir /srv; " + LISTENER);
    CommandResult taken = cli().command("cp", "-", "copy:/srv").reading(archive).run();
    assertEquals(0, taken.exitCode(), taken.toString());
    assertEquals(archive, cli().output("cp", "copy:/srv/note", "-"));
  }

  private static Path tree(String name) throws IOException {
    Path root = CLUSTER.get().work().directory(name);
    Files.writeString(root.resolve("note"), "a note");
    Files.createDirectories(root.resolve("sub/empty"));
    byte[] large = new byte[5_000_000];
    new Random(7).nextBytes(large);
    Files.write(root.resolve("sub/large"), large);
    Files.createSymbolicLink(root.resolve("link"), Path.of("note"));
    return root;
  }

  private static void assertSame(Path one, Path other) throws IOException {
    assertEquals(
        Files.readString(one.resolve("note"), StandardCharsets.UTF_8),
        Files.readString(other.resolve("note"), StandardCharsets.UTF_8));
    assertArrayEquals(
        Files.readAllBytes(one.resolve("sub/large")),
        Files.readAllBytes(other.resolve("sub/large")));
    assertTrue(Files.isDirectory(other.resolve("sub/empty")));
    assertEquals(Path.of("note"), Files.readSymbolicLink(other.resolve("link")));
  }
}
