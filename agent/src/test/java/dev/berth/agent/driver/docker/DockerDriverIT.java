package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.HostConfig;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.Device;
import dev.berth.v1.LogChunk;
import dev.berth.v1.Mount;
import dev.berth.v1.PortBinding;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The driver against a real daemon that this test starts and ends.
@Timeout(180)
class DockerDriverIT {
  private static @Nullable PrivateDocker shared;

  private final Owner owner = new Owner(UUID.randomUUID().toString(), "node-1");
  private final BlockingQueue<Observation> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private DockerDriver driver;

  @BeforeAll
  static void startDocker() throws Exception {
    Optional<String> obstacle = PrivateDocker.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "no real dockerd here: " + obstacle.orElse(""));
    shared = PrivateDocker.start();
  }

  @AfterAll
  static void stopDocker() throws Exception {
    PrivateDocker started = shared;
    shared = null;
    if (started != null) {
      started.close();
    }
  }

  @BeforeEach
  void open() {
    driver = new DockerDriver(docker().host(), owner);
  }

  @AfterEach
  void close() throws Exception {
    docker().signal("CONT");
    if (driver.recover() instanceof Listing.Complete all) {
      for (Observation one : all.observations()) {
        driver.remove(one.handle());
      }
    }
    driver.close();
  }

  private static PrivateDocker docker() {
    PrivateDocker started = shared;
    if (started == null) {
      throw new IllegalStateException("dockerd was not started");
    }
    return started;
  }

  private static AssignedInstance.Builder instance(WorkloadSpec.Builder spec) {
    return AssignedInstance.newBuilder()
        .setInstanceId(UUID.randomUUID().toString().replace("-", ""))
        .setNamespace("default")
        .setWorkload("web")
        .setSlot(1)
        .setSpec(spec);
  }

  private static WorkloadSpec.Builder shell(String script) {
    return WorkloadSpec.newBuilder()
        .setContainer(
            ContainerSpec.newBuilder()
                .setImage(PrivateDocker.IMAGE)
                .addAllCommand(List.of("/bin/sh", "-c", script)));
  }

  private RuntimeHandle run(AssignedInstance.Builder instance) throws DriverException {
    Observation made = driver.prepare(instance.build(), _ -> {});
    assertInstanceOf(RunState.Running.class, driver.start(made.handle()).state());
    return made.handle();
  }

  private void follow() throws InterruptedException {
    driver.follow(
        new RuntimeListener() {
          @Override
          public void changed(Observation observation) {
            changes.add(observation);
          }

          @Override
          public void interrupted(String reason) {
            news.add("interrupted");
          }

          @Override
          public void resumed() {
            news.add("resumed");
          }
        });
    awaitNews("resumed");
  }

  private void awaitNews(String expected) throws InterruptedException {
    assertEquals(expected, news.poll(30, TimeUnit.SECONDS));
  }

  private Observation awaitChange(Predicate<RunState> wanted) throws InterruptedException {
    while (true) {
      Observation next = changes.poll(30, TimeUnit.SECONDS);
      assertTrue(next != null, "nothing was told within 30 s");
      if (next != null && wanted.test(next.state())) {
        return next;
      }
    }
  }

  private Failure failure(AssignedInstance.Builder instance) {
    return assertThrows(DriverException.class, () -> run(instance)).failure();
  }

  @Test
  void describesTheDaemon() {
    DriverReport report = driver.describe();
    assertTrue(report.description().getAvailable());
    assertFalse(report.description().getVersion().isEmpty());
    assertTrue(report.layers().getFirst().containsAttributes("storage_driver"));
    assertTrue(report.layers().getFirst().containsAttributes("runc_version"));
  }

  @Test
  void givesTheContainerWhatTheSpecSays() throws Exception {
    WorkloadSpec.Builder spec = shell("sleep 1000").setResources(resources(250, 64L << 20));
    spec.getContainerBuilder()
        .putEnv("GREETING", "hello world")
        .setWorkingDir("/tmp")
        .setUser("1000:1000")
        .setReadOnly(true)
        .setHostname("harbour");
    RuntimeHandle handle = run(instance(spec).addDevices(Device.newBuilder().setId("/dev/full")));
    try (DockerClient client = docker().client()) {
      InspectContainerResponse seen = client.inspectContainerCmd(handle.runtimeId()).exec();
      HostConfig host = seen.getHostConfig();
      assertEquals("/dev/full", host.getDevices()[0].getPathOnHost());
      assertEquals(250_000_000L, host.getNanoCPUs());
      assertEquals(64L << 20, host.getMemory());
      assertEquals(64L << 20, host.getMemorySwap());
      assertEquals(true, host.getReadonlyRootfs());
      assertEquals("10m", host.getLogConfig().getConfig().get("max-size"));
      assertEquals("/tmp", seen.getConfig().getWorkingDir());
      assertEquals("1000:1000", seen.getConfig().getUser());
      assertEquals("harbour", seen.getConfig().getHostName());
      assertTrue(List.of(seen.getConfig().getEnv()).contains("GREETING=hello world"));
    }
  }

  @Test
  void tellsExitCodesAndMemoryDeaths() throws Exception {
    follow();
    RuntimeHandle failing = run(instance(shell("exit 7")));
    RunState.Exited exit =
        assertInstanceOf(
            RunState.Exited.class, awaitChange(s -> s instanceof RunState.Exited).state());
    assertEquals(7, exit.exitCode());
    assertFalse(exit.finishTime().isBefore(exit.startTime()));
    driver.remove(failing);
    assertEquals(failing, awaitChange(s -> s instanceof RunState.Gone).handle());

    run(instance(shell("a=x; while true; do a=$a$a; done").setResources(resources(0, 16L << 20))));
    exit =
        assertInstanceOf(
            RunState.Exited.class, awaitChange(s -> s instanceof RunState.Exited).state());
    assertEquals(137, exit.exitCode());
    assertTrue(exit.outOfMemory());
  }

  @Test
  void stopsPolitelyAndThenNot() throws Exception {
    RuntimeHandle polite =
        run(instance(shell("trap 'exit 5' TERM; touch /tmp/up; while true; do sleep 0.1; done")));
    RuntimeHandle deaf = run(instance(shell("trap '' TERM; while true; do sleep 0.1; done")));
    TimeUnit.MILLISECONDS.sleep(500); // the trap is set a moment after the start
    assertEquals(5, exitCode(driver.stop(polite, Duration.ofSeconds(20))));
    Instant before = Instant.now();
    assertEquals(137, exitCode(driver.stop(deaf, Duration.ofSeconds(1))));
    assertTrue(Duration.between(before, Instant.now()).toMillis() >= 900);
    assertEquals(137, exitCode(driver.stop(deaf, Duration.ZERO)));
    assertInstanceOf(RunState.Running.class, driver.start(polite).state());
    driver.remove(polite);
    assertEquals(new RunState.Gone(), driver.stop(polite, Duration.ZERO).state());
  }

  @Test
  void saysWhyAProgramCannotBeStarted() {
    WorkloadSpec.Builder spec = shell("x");
    spec.getContainerBuilder().addEntrypoint("/no/such/program");
    Failure failure = failure(instance(spec));
    assertEquals("StartFailed", failure.reason());
    assertTrue(failure.message().contains("/no/such/program"), failure.message());
    assertInstanceOf(Failure.Permanent.class, failure);
  }

  @Test
  void refusesMountsThatWouldHandOutTheHost() throws Exception {
    Path link = docker().directory().resolve("innocent");
    Path rootLink = docker().directory().resolve("harmless");
    Files.createSymbolicLink(link, docker().socket());
    Files.createSymbolicLink(rootLink, Path.of("/"));
    for (String path :
        List.of(
            "/",
            "//",
            "/tmp/..",
            docker().socket().toString(),
            docker().directory().toString(),
            "/tmp",
            link.toString(),
            rootLink.toString(),
            rootLink + "/tmp",
            "/no/such/place",
            "relative")) {
      Failure failure = failure(instance(mounting(path, true)));
      assertEquals("MountRefused", failure.reason(), path);
      assertInstanceOf(Failure.Permanent.class, failure);
    }
    Files.delete(link);
    Files.delete(rootLink);
  }

  @Test
  void mountsHostPathsAndKeepsNamedVolumes() throws Exception {
    Path shared = Files.createTempDirectory("berth-mount");
    Files.writeString(shared.resolve("note"), "ahoy");
    String volume = "v-" + UUID.randomUUID();
    WorkloadSpec.Builder spec =
        shell("cat /in/note > /keep/note; touch /in/x; sleep 1000")
            .addMounts(
                Mount.newBuilder()
                    .setTarget("/in")
                    .setHostPath(shared.toString())
                    .setReadOnly(true))
            .addMounts(Mount.newBuilder().setTarget("/keep").setVolume(volume));
    RuntimeHandle writer = run(instance(spec));
    RuntimeHandle reader =
        run(
            instance(
                shell("while ! cat /keep/note; do sleep 0.1; done")
                    .addMounts(Mount.newBuilder().setTarget("/keep").setVolume(volume))));
    assertEquals("ahoy", read(reader, query(true)).lines().toList().getLast());
    driver.remove(writer);
    driver.remove(reader);
    assertFalse(Files.exists(shared.resolve("x")), "a read-only mount was written to");
    try (DockerClient client = docker().client()) {
      assertEquals(volume, client.inspectVolumeCmd(volume).exec().getName());
      client.removeVolumeCmd(volume).exec();
    }
    Files.delete(shared.resolve("note"));
    Files.delete(shared);
  }

  @Test
  void publishesPortsAndSaysWhenOneIsTaken() throws Exception {
    PortBinding port =
        PortBinding.newBuilder().setName("http").setTarget(80).setHostPort(20080).build();
    run(
        instance(shell("mkdir /w; echo docked > /tmp/index.html; exec httpd -f -p 80 -h /tmp"))
            .addPorts(port));
    PrivateDocker.await(
        "the port answers",
        Duration.ofSeconds(20),
        () -> {
          try {
            return docker()
                .inNetwork("/bin/busybox", "wget", "-qO-", "http://127.0.0.1:20080/")
                .startsWith("docked");
          } catch (IOException _) {
            return false;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    Failure failure = failure(instance(shell("sleep 9")).addPorts(port));
    assertEquals("PortTaken", failure.reason());
  }

  @Test
  void findsItsContainersAgainAndNoOthers() throws Exception {
    AssignedInstance.Builder first = instance(shell("sleep 1000"));
    RuntimeHandle handle = run(first);
    Observation again = driver.prepare(first.build(), _ -> {});
    assertEquals(handle, again.handle());
    assertInstanceOf(RunState.Running.class, again.state());
    try (DockerDriver other = new DockerDriver(docker().host(), new Owner("other", "node-1"));
        DockerDriver restarted = new DockerDriver(docker().host(), owner)) {
      assertEquals(new Listing.Complete(List.of()), other.recover());
      Listing.Complete found = assertInstanceOf(Listing.Complete.class, restarted.recover());
      assertEquals(
          List.of(handle), found.observations().stream().map(Observation::handle).toList());
      assertEquals(
          first.getInstanceId(),
          found.observations().getFirst().labels().get("dev.berth.instance"));
    }
  }

  @Test
  void aHungDaemonCostsTenSecondsAndIsNoticed() throws Exception {
    follow();
    RuntimeHandle handle = run(instance(shell("sleep 1000")));
    docker().signal("STOP");
    Instant before = Instant.now();
    DriverException failure = assertThrows(DriverException.class, () -> driver.inspect(handle));
    assertInstanceOf(Failure.Retryable.class, failure.failure());
    assertInstanceOf(Listing.Unknown.class, driver.recover());
    assertFalse(driver.describe().description().getAvailable());
    assertTrue(Duration.between(before, Instant.now()).toSeconds() < 30);
    awaitNews("interrupted");
    docker().signal("CONT");
    awaitNews("resumed");
    assertInstanceOf(RunState.Running.class, driver.inspect(handle).state());
    assertTrue(driver.describe().description().getAvailable());
  }

  @Test
  void aKilledDaemonIsFoundAgainWithWhatHappenedMeanwhile() throws Exception {
    follow();
    RuntimeHandle lasting = run(instance(shell("sleep 1000")));
    RuntimeHandle ending = run(instance(shell("sleep 3; exit 4")));
    docker().signal("KILL");
    docker().awaitEnd();
    awaitNews("interrupted");
    assertFalse(driver.describe().description().getAvailable());
    TimeUnit.SECONDS.sleep(3); // one program ends while nobody looks
    docker().startDaemon();
    awaitNews("resumed");
    Listing.Complete found = assertInstanceOf(Listing.Complete.class, driver.recover());
    assertEquals(2, found.observations().size());
    assertInstanceOf(RunState.Running.class, driver.inspect(lasting).state());
    PrivateDocker.await(
        "the exit is known",
        Duration.ofSeconds(20),
        () -> {
          try {
            return driver.inspect(ending).state() instanceof RunState.Exited;
          } catch (DriverException _) {
            return false;
          }
        });
  }

  @Test
  void readsOutputOfBothSourcesWithTailAndTimes() throws Exception {
    RuntimeHandle handle =
        run(instance(shell("echo one; echo two >&2; sleep 0.2; echo three; echo -n four")));
    assertEquals("one\ntwo\nthree\nfour".length(), read(handle, query(true)).length());
    LogQuery tail = new LogQuery(false, OptionalInt.of(2), Optional.empty(), true);
    List<String> lines = read(handle, tail).lines().toList();
    assertEquals(2, lines.size());
    assertTrue(lines.getFirst().matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z three"), lines.getFirst());
  }

  // The program pauses now and then: when two files are rotated away before the daemon's own
  // follower has read the first, the daemon leaves lines out, and nobody behind it can tell.
  @Test
  void followsOutputOverRotationAndRestartWithoutGapOrRepetition() throws Exception {
    String line = "x".repeat(200);
    RuntimeHandle handle =
        run(
            instance(
                shell(
                    "i=0; while [ $i -lt 60000 ]; do echo $i-"
                        + line
                        + "; i=$((i+1)); [ $((i % 500)) -ne 0 ] || sleep 0.1; done")));
    try (LogReader reader = driver.openLogs(handle, query(true))) {
      assertEquals(60_000, counted(reader));
      assertInstanceOf(RunState.Exited.class, driver.inspect(handle).state());
      driver.start(handle);
      assertEquals(60_000, counted(reader));
    }
  }

  @Test
  void measuresFromTheKernelWhatTheDaemonSaysToo() throws Exception {
    RuntimeHandle handle =
        run(instance(shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 1000")));
    try (DockerDriver asking =
        new DockerDriver(
            docker().host(),
            owner,
            new RegistryCredentials(Path.of("/none")),
            Path.of("/no/such/root"))) {
      PrivateDocker.await(
          "CPU time is counted",
          Duration.ofSeconds(20),
          () -> usage(driver, handle).cpuNanos().orElse(0) > 100_000_000L);
      InstanceUsage kernel = usage(driver, handle);
      InstanceUsage daemon = usage(asking, handle);
      assertTrue(daemon.cpuNanos().orElse(0) > 100_000_000L, daemon::toString);
      assertTrue(kernel.memory().node().orElse(0) > 0, kernel::toString);
      assertTrue(daemon.memory().node().orElse(0) > 0, daemon::toString);
      assertTrue(kernel.network().in().isPresent(), kernel::toString);
    }
  }

  private static InstanceUsage usage(DockerDriver driver, RuntimeHandle handle) {
    return driver.stats(List.of(handle)).getFirst();
  }

  private static long counted(LogReader reader) throws DriverException {
    StringBuilder rest = new StringBuilder();
    long expected = 0;
    while (true) {
      Optional<LogChunk> chunk = reader.next();
      if (chunk.isEmpty()) {
        return expected;
      }
      rest.append(chunk.get().getData().toStringUtf8());
      for (int end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
        String line = rest.substring(0, end);
        assertEquals(expected, Long.parseLong(line.substring(0, line.indexOf('-'))));
        expected++;
        rest.delete(0, end + 1);
      }
    }
  }

  private String read(RuntimeHandle handle, LogQuery query) throws DriverException {
    StringBuilder text = new StringBuilder();
    try (LogReader reader = driver.openLogs(handle, query)) {
      for (Optional<LogChunk> chunk = reader.next(); chunk.isPresent(); chunk = reader.next()) {
        text.append(chunk.get().getData().toStringUtf8());
      }
    }
    return text.toString();
  }

  private static LogQuery query(boolean follow) {
    return new LogQuery(follow, OptionalInt.empty(), Optional.empty(), false);
  }

  private static int exitCode(Observation observation) {
    return assertInstanceOf(RunState.Exited.class, observation.state()).exitCode();
  }

  private static WorkloadSpec.Builder mounting(String hostPath, boolean readOnly) {
    return shell("sleep 1000")
        .addMounts(Mount.newBuilder().setTarget("/in").setHostPath(hostPath).setReadOnly(readOnly));
  }

  private static Resources resources(long cpuMillis, long memoryBytes) {
    return Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(memoryBytes).build();
  }
}
