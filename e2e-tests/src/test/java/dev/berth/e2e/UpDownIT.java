package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.berth.e2e.harness.Cleanup;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.DockerHost;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.HostLink;
import dev.berth.e2e.harness.Quay;
import dev.berth.e2e.harness.Repository;
import dev.berth.e2e.harness.WorkDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The one-machine cluster as a newcomer starts it, in a network of its own.
class UpDownIT {
  private static final Path USUAL_SOCKET = Path.of("/var/run/docker.sock");
  private static final Duration UP_LIMIT = Duration.ofMinutes(3);

  private final Cleanup cleanup = new Cleanup();
  private final Map<String, String> environment = new TreeMap<>();
  private WorkDirectory work;
  private HostLink link;

  @BeforeEach
  void aBareHost() throws Exception {
    RealHosts.required();
    work = WorkDirectory.make();
    cleanup.add(work::close);
    Quay quay = Quay.make();
    cleanup.add(quay::close);
    environment.put("BERTH_DATA_DIR", work.path().resolve("data").toString());
    environment.put("BERTH_CONFIG", work.path().resolve("config.yaml").toString());
    if (Files.exists(USUAL_SOCKET)) {
      // The machine's own daemon is none of our business.
      DockerHost host = DockerHost.start(quay, "up", work.directory("d"), List.of());
      cleanup.add(host::close);
      link = host.link();
      environment.put("DOCKER_HOST", host.dockerHost());
    } else {
      link = quay.connect();
      cleanup.add(link::close);
    }
    // Maven has built everything: the script must not build again below it.
    Path built = Repository.root().resolve("target/built");
    Files.createDirectories(built.getParent());
    if (!Files.exists(built)) {
      Files.createFile(built);
    }
    environment.put("BERTH_BUILT", "1");
    cleanup.add(() -> berth("down"));
  }

  @AfterEach
  void cleanUp() {
    cleanup.close();
  }

  private List<String> line(List<String> words) {
    List<String> all = new ArrayList<>(List.of(Repository.root().resolve("berth").toString()));
    all.addAll(words);
    return link.inside(all);
  }

  private CommandResult berth(String... words) {
    return Command.of(line(List.of(words))).with(environment).within(UP_LIMIT).run();
  }

  private String running() {
    return berth("ps").requireSuccess();
  }

  private static long count(String text, String word) {
    return text.lines().filter(line -> line.contains(word)).count();
  }

  private ProcessHandle process(String part) {
    return work.processes().stream()
        .filter(p -> p.info().commandLine().orElse("").contains(part))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no process " + part + " among " + lines()));
  }

  private List<String> lines() {
    return work.processes().stream().map(p -> p.info().commandLine().orElse("?")).toList();
  }

  /// Processes of the cluster: all but those of a Docker daemon that was there before.
  private List<String> clusterProcesses() {
    String data = work.path().resolve("data") + "/";
    return lines().stream().filter(line -> line.contains(data)).toList();
  }

  @Test
  void aNewcomersClusterStartsWorksSurvivesItsAgentAndGoesWithoutATrace() throws Exception {
    CommandResult up = berth("up", "-d");
    assertEquals(0, up.exitCode(), up.toString());
    List<String> tries =
        up.out().lines().map(String::strip).filter(l -> l.contains("/berth ")).toList();
    assertEquals(3, tries.size(), up.toString());
    runAsPrinted(tries);
    Eventually.within(
        Duration.ofSeconds(5), "three RUNNING", this::running, t -> count(t, "RUNNING") == 3);
    String ids = berth("ps", "-q").requireSuccess();

    process("berth-agent.jar").destroyForcibly();
    Eventually.until("the agent is back", () -> process("berth-agent.jar").pid(), pid -> pid > 0);
    Eventually.until("three RUNNING", this::running, t -> count(t, "RUNNING") == 3);
    Eventually.until(
        "the node is READY", () -> berth("node", "ls").out(), t -> t.contains("READY"));
    assertEquals(ids, berth("ps", "-q").requireSuccess(), "same instances");

    CommandResult second = berth("up", "-d");
    assertEquals(0, second.exitCode(), second.toString());
    assertTrue(second.err().contains("already"), second.toString());

    assertEquals(0, berth("down").exitCode());
    Eventually.until("no process", this::clusterProcesses, List::isEmpty);
    assertEquals(List.of("data"), entries().stream().filter(name -> !"d".equals(name)).toList());

    long began = System.nanoTime();
    CommandResult again = berth("up", "-d");
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertEquals(0, again.exitCode(), again.toString());
    System.err.println("second up: " + took);
    Eventually.until("its workload runs", this::running, t -> count(t, "RUNNING") == 3);
    assertEquals(0, berth("rm", "-f", "web").exitCode());
    assertEquals(0, berth("down").exitCode());
    Eventually.until("no process", this::clusterProcesses, List::isEmpty);
  }

  @Test
  void networksOfItsOwnDaemonGoWithItHoweverItEndsAndComeBack() throws Exception {
    assumeFalse(environment.containsKey("DOCKER_HOST"), "the machine has a daemon of its own");
    inside("ip", "link", "add", "br-0123456789ab", "type", "bridge");
    List<String> before = kernel();
    up();
    assertEquals(0, berth("network", "create", "shop").exitCode());
    String named = "com.docker.network.bridge.name=shopbridge";
    assertEquals(0, berth("network", "create", "-o", named, "named").exitCode());
    CommandResult run =
        berth("run", "-d", "--name", "web", "--network", "shop", "-p", "80", "berth/demo");
    assertEquals(0, run.exitCode(), run.toString());
    Eventually.until("it runs", this::running, text -> count(text, "RUNNING") == 1);
    // Another daemon's, made while this one runs.
    inside("ip", "link", "add", "br-ba9876543210", "type", "bridge");
    inside("iptables", "-A", "FORWARD", "-i", "br-ba9876543210", "-j", "ACCEPT");
    List<String> others = new ArrayList<>(before);
    others.addAll(List.of("br-ba9876543210", "-A FORWARD -i br-ba9876543210 -j ACCEPT"));

    down();
    assertKernel(others, "an ordinary end");

    up();
    Eventually.until("it runs again", this::running, text -> count(text, "RUNNING") == 1);
    String network = berth("network", "ls", "-f", "name=shop").requireSuccess();
    assertTrue(network.contains("web.1"), network);
    assertEquals(0, berth("rm", "-f", "web").exitCode());
    kill("supervisor");
    kill("dockerd");
    down();
    assertKernel(others, "a daemon and a supervisor that were killed");

    Files.writeString(work.path().resolve("data/agent/pki/node.crt"), "no certificate");
    CommandResult failed = berth("up", "-d");
    assertEquals(1, failed.exitCode(), failed.toString());
    assertTrue(failed.err().contains("node.crt"), failed.toString());
    assertKernel(others, "an up that failed half way");
  }

  private void up() {
    CommandResult up = berth("up", "-d");
    assertEquals(0, up.exitCode(), up.toString());
  }

  private void down() {
    CommandResult down = berth("down");
    assertEquals(0, down.exitCode(), down.toString());
  }

  /// Kills one that `up` wrote down.
  private void kill(String name) throws Exception {
    Path table = work.path().resolve("data/run/processes");
    for (String line : Files.readAllLines(table)) {
      String[] words = line.split(" ", -1);
      if (words[0].equals(name)) {
        ProcessHandle process = ProcessHandle.of(Long.parseLong(words[1])).orElseThrow();
        process.destroyForcibly();
        Eventually.until(name + " is gone", process::isAlive, alive -> !alive);
        return;
      }
    }
    throw new AssertionError(name + " is not among " + Files.readString(table));
  }

  private String inside(String... words) {
    return Command.of(link.inside(List.of(words))).output();
  }

  /// The host's links and the rules of its packet filter.
  private List<String> kernel() {
    List<String> seen = new ArrayList<>();
    for (String line : inside("ip", "-br", "link").lines().toList()) {
      seen.add(line.split("[ @]", 2)[0]);
    }
    for (String filter : List.of("iptables-save", "ip6tables-save")) {
      seen.addAll(
          inside(filter).lines().filter(l -> l.startsWith("-A") || l.contains("DOCKER")).toList());
    }
    return seen;
  }

  private void assertKernel(List<String> expected, String after) {
    assertEquals(new TreeSet<>(expected), new TreeSet<>(kernel()), after);
  }

  /// Runs the printed commands through a shell; one that follows logs is ended once it says
  /// something.
  private void runAsPrinted(List<String> tries) {
    for (String command : tries) {
      List<String> words = link.inside(List.of("sh", "-c", "exec " + command));
      if (command.contains("logs -f")) {
        try (Daemon logs = Daemon.start(work.path(), "try", words, environment)) {
          Eventually.until(command, logs::out, text -> text.contains("web.3"));
        }
      } else {
        CommandResult result = Command.of(words).with(environment).run();
        assertEquals(0, result.exitCode(), command + ": " + result);
      }
    }
    assertTrue(work.path().resolve("try.out").toFile().delete());
    assertTrue(work.path().resolve("try.err").toFile().delete());
  }

  private List<String> entries() throws Exception {
    try (Stream<Path> files = Files.list(work.path())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
