package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Http;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ListInstancesRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Plain processes, from the command line to the kernel and back.
class ProcessIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(1), "busybox", "setpriv");

  private static final int ROUNDS = 4;
  private static final Duration QUIET = Duration.ofSeconds(3);

  private static Cli cli() {
    return CLUSTER.get().cli();
  }

  /// `berth run -d --kind process --name NAME OPTIONS -- sh -c SCRIPT`.
  private static void run(String name, String options, String script) {
    List<String> words = new ArrayList<>(List.of("run", "-d", "--kind", "process", "--name", name));
    if (!options.isEmpty()) {
      words.addAll(List.of(options.split(" ", -1)));
    }
    words.addAll(List.of("--", "sh", "-c", script));
    var _ = cli().output(words.toArray(String[]::new));
  }

  private static Instance running(String workload) {
    return Eventually.until(
            workload + " is RUNNING",
            () -> CLUSTER.get().api().running(workload),
            list -> list.size() == 1)
        .getFirst();
  }

  /// Also those that have ended.
  private static List<Instance> all(String workload) {
    ListInstancesRequest request =
        ListInstancesRequest.newBuilder().setWorkload(workload).setIncludeFinal(true).build();
    return CLUSTER.get().api().instances().listInstances(request).getInstancesList();
  }

  private static Instance last(String workload) {
    return all(workload).getLast();
  }

  private static Instance awaitState(String workload, InstanceState state) {
    return Eventually.until(
        workload + " is " + state,
        () -> last(workload),
        instance -> instance.getStatus().getState() == state);
  }

  /// The numbers of the processes that have a word in their command line, in order.
  private static List<Long> processes(String word) {
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().orElse("").contains(word))
        .filter(each -> !each.info().commandLine().orElse("").contains("carrier.sh"))
        .map(ProcessHandle::pid)
        .sorted()
        .toList();
  }

  @AfterEach
  void nothingIsLeft() {
    CLUSTER.get().api().deleteAll();
    String directory = CLUSTER.get().work().path().toString();
    Eventually.until(
        "no carriers",
        () ->
            ProcessHandle.allProcesses()
                .filter(each -> each.info().commandLine().orElse("").contains("carrier.sh"))
                .filter(each -> each.info().commandLine().orElse("").contains(directory))
                .count(),
        count -> count == 0);
  }

  /// Also what a failed test has left, or an agent that was not there.
  @AfterAll
  static void stopAll() {
    CLUSTER.get().host().agent().daemon().close();
    var _ = CLUSTER.get().host().agent().stopInstances().requireSuccess();
  }

  @Test
  void aServerRunsAnswersSpeaksStopsAndStartsAgain() {
    Path page = CLUSTER.get().work().file("index.html", "hello from a process");
    String serve = "echo up; exec busybox httpd -f -p $BERTH_PORT_80 -h " + page.getParent();
    run("web", "-p 80 -e A=b -m 64m --cpus 0.5", serve);
    Instance first = running("web");
    String url =
        "http://"
            + CLUSTER.get().host().docker().address()
            + ":"
            + first.getPorts(0).getHostPort()
            + "/index.html";
    assertEquals(
        "hello from a process", Eventually.until("it answers", () -> Http.get(url), t -> true));
    assertEquals("up\n", cli().output("logs", "web"));
    String listed = cli().output("ps");
    assertTrue(listed.contains("web.1") && listed.contains("sh"), listed);
    assertTrue(cli().output("inspect", "web.1").contains("KIND_PROCESS"));

    var _ = cli().output("pause", "web");
    assertTrue(cli().output("ps").contains("(paused)"));
    assertThrows(UncheckedIOException.class, () -> Http.get(url));
    var _ = cli().output("unpause", "web");
    var _ = cli().output("update", "-m", "96m", "web");
    assertEquals("hello from a process", Http.get(url));
    assertEquals(first.getId(), running("web").getId());

    cli().output("stop", "web");
    Eventually.until("it does not run", () -> processes("busybox httpd"), List::isEmpty);
    cli().output("start", "web");
    assertEquals(first.getId(), running("web").getId());
    assertEquals(
        "hello from a process", Eventually.until("it answers", () -> Http.get(url), t -> true));
    List<Long> before = processes("busybox httpd");
    cli().output("restart", "web");
    Eventually.until(
        "another process serves",
        () -> processes("busybox httpd"),
        now -> now.size() == 1 && !now.equals(before));
    cli().output("rm", "-f", "web");
    Eventually.until("it is gone", () -> processes("busybox httpd"), List::isEmpty);
  }

  @Test
  void aProgramIsFetchedAndStartsAmongItsFiles() throws Exception {
    byte[] tool = "#!/bin/sh\ncat conf\nid -un\n".getBytes(StandardCharsets.UTF_8);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(tool));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(CLUSTER.get().quay().address(), 0), 0);
    server.createContext(
        "/tool",
        exchange -> {
          exchange.sendResponseHeaders(200, tool.length);
          exchange.getResponseBody().write(tool);
          exchange.close();
        });
    server.start();
    String url =
        "http://" + CLUSTER.get().quay().address() + ":" + server.getAddress().getPort() + "/tool";
    Path conf = CLUSTER.get().work().file("tool.conf", "configured\n");
    try {
      String[] words = {
        "run", "--rm", "--kind=process", "-u=nobody", "--file=conf=" + conf, "", "--", "./tool"
      };
      words[5] = "--artifact=" + url + "#sha256=" + digest + ",executable";
      assertEquals("configured\nnobody\n", cli().output(words));
      words[5] = "--artifact=" + url + "#sha256=" + "00".repeat(32);
      CommandResult refused = cli().run(words);
      assertEquals(125, refused.exitCode(), refused.toString());
      assertTrue(refused.err().contains("ArtifactDigestMismatch"), refused.toString());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void theForegroundHasItsOutputAndItsExitCode() {
    CommandResult ended =
        cli()
            .run(
                "run",
                "--rm",
                "--kind",
                "process",
                "-u",
                "nobody",
                "--",
                "sh",
                "-c",
                "id -un; echo no >&2; exit 7");
    assertEquals(7, ended.exitCode(), ended.toString());
    assertEquals("nobody\nno\n", ended.out(), ended.toString());
    CommandResult missing = cli().run("run", "--rm", "--kind", "process", "--", "/no/such/program");
    assertEquals(127, missing.exitCode(), missing.toString());
    assertTrue(missing.out().contains("/no/such/program"), missing.toString());
    CommandResult refused = cli().run("run", "--rm", "--kind", "process", "--", "/etc/passwd");
    assertEquals(126, refused.exitCode(), refused.toString());
    CommandResult nobody =
        cli().run("run", "--rm", "--kind", "process", "-u", "no-such-user", "--", "true");
    assertEquals(125, nobody.exitCode(), nobody.toString());
    assertTrue(nobody.err().contains("no-such-user"), nobody.toString());
  }

  @Test
  void whatUsesTooMuchMemoryIsToldAsSuch() {
    run(
        "hog",
        "--type batch --restart no -m 16m",
        "x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo ${#x}");
    Instance ended = awaitState("hog", InstanceState.INSTANCE_STATE_FAILED);
    assertEquals("OutOfMemory", ended.getStatus().getReason(), ended.toString());
  }

  @Test
  void aStopEndsWhatHasDetachedItself() {
    run(
        "tree",
        "--stop-timeout 1",
        "setsid -f sleep 12321; setsid -f sleep 12321; exec sleep 12321");
    Eventually.until("three run", () -> processes("sleep 12321"), list -> list.size() == 3);
    cli().output("stop", "tree");
    Eventually.until("none runs", () -> processes("sleep 12321"), List::isEmpty);
  }

  @Test
  void aKilledAgentChangesNothingAndFindsItsProcessAgain() {
    run("calm", "", "exec sleep 23432");
    Instance before = running("calm");
    List<Long> pids =
        Eventually.until("it runs", () -> processes("sleep 23432"), list -> list.size() == 1);
    CLUSTER.get().host().agent().kill();
    Eventually.always(QUIET, "it goes on", () -> processes("sleep 23432"), pids::equals);
    CLUSTER.get().host().agent().restart();
    Eventually.always(QUIET, "it goes on, once", () -> processes("sleep 23432"), pids::equals);
    Instance after = running("calm");
    assertEquals(before.getId(), after.getId());
    assertEquals(0, after.getStatus().getRestarts());
    cli().output("rm", "-f", "calm");
    Eventually.until("it is gone", () -> processes("sleep 23432"), List::isEmpty);
  }

  @Test
  void anExitCodeIsKnownThoughTheAgentWasAway() throws Exception {
    Path flag = CLUSTER.get().work().path().resolve("go");
    Files.deleteIfExists(flag);
    run(
        "away",
        "--type batch --restart no",
        "while [ ! -e " + flag + " ]; do sleep 0.05; done; echo bye; exit 9");
    Instance before = running("away");
    CLUSTER.get().host().agent().kill();
    Files.createFile(flag);
    Eventually.until("it has ended", () -> processes(flag.toString()), List::isEmpty);
    CLUSTER.get().host().agent().restart();
    Instance after = awaitState("away", InstanceState.INSTANCE_STATE_FAILED);
    assertEquals(before.getId(), after.getId());
    assertEquals(9, after.getStatus().getExitCode(), after.toString());
    assertEquals("bye\n", cli().output("logs", "away"));
  }

  /// Each program says once that it began: what is started twice would say so twice. Others end by
  /// themselves meanwhile, each with an exit code that its id tells.
  @Test
  void noneIsLostOrDoubledWheneverTheAgentIsKilled() throws Exception {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    Path begun = CLUSTER.get().work().file("begun", "");
    Path ending = CLUSTER.get().work().file("ending", "");
    run(
        "many",
        "--replicas 1 -m 6m --cpus 0.02",
        "echo $BERTH_INSTANCE >> " + begun + "; exec sleep 45654");
    run(
        "ends",
        "--type batch --restart no --replicas 1 -m 6m --cpus 0.02",
        "echo $BERTH_INSTANCE >> "
            + ending
            + "; x=${BERTH_INSTANCE#${BERTH_INSTANCE%??}}; sleep $((0x$x % 3)).$((0x$x % 10));"
            + " exit $((0x$x % 120 + 1))");
    for (int round = 1; round <= ROUNDS; round++) {
      cli().output("scale", "many=" + 10 * round, "ends=" + 5 * round);
      Thread.sleep(random.nextInt(400));
      CLUSTER.get().host().agent().kill();
      CLUSTER.get().host().agent().restart();
    }
    List<String> ids =
        Eventually.until(
            "all run",
            () -> CLUSTER.get().api().running("many").stream().map(Instance::getId).toList(),
            list -> list.size() == 10 * ROUNDS);
    Eventually.always(
        QUIET, "each once", () -> processes("sleep 45654"), list -> list.size() == ids.size());
    assertEquals(
        ids.stream().sorted().toList(), Files.readAllLines(begun).stream().sorted().toList());
    allHaveEnded(5 * ROUNDS, ending);
  }

  private static void allHaveEnded(int count, Path ending) throws IOException {
    List<Instance> ended =
        Eventually.until(
            "all have ended",
            () -> all("ends"),
            list ->
                list.size() == count
                    && list.stream()
                        .allMatch(
                            each ->
                                each.getStatus().getState()
                                    == InstanceState.INSTANCE_STATE_FAILED));
    for (Instance each : ended) {
      int last = Integer.parseInt(each.getId().substring(each.getId().length() - 2), 16);
      assertEquals(last % 120 + 1, each.getStatus().getExitCode(), each::toString);
    }
    assertEquals(
        ended.stream().map(Instance::getId).sorted().toList(),
        Files.readAllLines(ending).stream().sorted().toList());
  }

  @Test
  void aStackHasProcesses() {
    Path file =
        CLUSTER
            .get()
            .work()
            .file(
                "probe.yaml",
                """
                stack: probes
                workloads:
                  probe:
                    replicas: 2
                    process:
                      command: [sh, -c, "id -un; exec sleep 34543"]
                      user: nobody
                      noNewPrivileges: true
                      maxProcesses: 16
                    resources: {cpu: 200m, memory: 32Mi}
                """);
    cli().output("apply", "-f", file.toString());
    Eventually.until("two run", () -> processes("sleep 34543"), list -> list.size() == 2);
    assertEquals("nobody\n", cli().output("logs", "probe.2"));
    cli().output("delete", "-f", file.toString());
    Eventually.until("none runs", () -> processes("sleep 34543"), List::isEmpty);
  }

  /// With a root file system of its own, through a kill of its agent and to its end.
  @Test
  void aProcessHasARootOfItsOwnThatOutlivesItsAgent() throws Exception {
    Path root = Files.createDirectories(CLUSTER.get().work().path().resolve("root/bin"));
    for (String program : List.of("sh", "sleep")) {
      Files.copy(
          Path.of("/bin/busybox"), root.resolve(program), StandardCopyOption.REPLACE_EXISTING);
    }
    List<String> mounts = overlays();
    run(
        "own",
        "--rootfs " + root.getParent() + " --cap-drop all --no-new-privileges",
        "echo here >/mine; echo /*; exec sleep 56765");
    Instance before = running("own");
    assertEquals(
        "/bin /dev /etc /mine /proc /sys\n",
        Eventually.until("it speaks", () -> cli().output("logs", "own"), t -> !t.isEmpty())
            .replace("/berth ", ""));
    CLUSTER.get().host().agent().kill();
    CLUSTER.get().host().agent().restart();
    Instance after = running("own");
    assertEquals(before.getId(), after.getId());
    assertEquals(0, after.getStatus().getRestarts());
    assertEquals(mounts, overlays());
    assertFalse(Files.exists(root.resolveSibling("mine")));
    cli().output("rm", "-f", "own");
    Eventually.until(
        "nothing of it is left",
        () -> {
          try (Stream<Path> all = Files.walk(CLUSTER.get().host().agent().directory())) {
            return all.filter(each -> each.toString().contains(before.getId())).count();
          } catch (IOException | UncheckedIOException _) {
            return 1L;
          }
        },
        count -> count == 0);
    CommandResult missing =
        cli().run("run", "--rm", "--kind=process", "--rootfs=" + root.getParent(), "--", "/bin/ls");
    assertEquals(127, missing.exitCode(), missing.toString());
  }

  private static List<String> overlays() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains("lowerdir=lower,"))
        .toList();
  }

  @Test
  void theNodeSaysWhatItCanDo() {
    String node = cli().output("node", "inspect", CLUSTER.get().host().name());
    assertTrue(node.contains("process"), node);
    String json = cli().output("node", "inspect", "-o", "json", CLUSTER.get().host().name());
    for (String capability :
        List.of("memory-limit", "cpu-limit", "pids-limit", "users", "rootfs")) {
      assertTrue(json.contains("\"" + capability + "\""), json);
    }
  }
}
