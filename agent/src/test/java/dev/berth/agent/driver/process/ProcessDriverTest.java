package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The process driver with real processes.
@Timeout(60)
class ProcessDriverTest {
  private static final LogQuery ALL =
      new LogQuery(true, OptionalInt.empty(), Optional.empty(), false);

  private ProcessFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new ProcessFixture(ProcessFixture.Cgroups.HOST);
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private RunState.Exited ended(RuntimeHandle handle) throws Exception {
    return fixture.ended(handle);
  }

  private String output(RuntimeHandle handle, LogQuery query) throws Exception {
    return fixture.output(handle, query);
  }

  private String says(ProcessSpec.Builder process) throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(process));
    String text = output(handle, ALL);
    var _ = ended(handle);
    return text;
  }

  private static ProcessSpec.Builder shell(String script) {
    return ProcessFixture.spec("sh", "-c", script);
  }

  @Test
  void keepsAllThatAProgramWroteAlsoWhenItEndsAtOnce() throws Exception {
    assertEquals("one\ntwo\n", says(shell("echo one; echo two >&2")));
    String many = says(shell("seq 20000"));
    assertTrue(many.startsWith("1\n") && many.endsWith("\n20000\n"), "" + many.length());
  }

  @Test
  void theLastLinesAreThoseAskedFor() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(shell("seq 100")));
    var _ = ended(handle);
    LogQuery last = new LogQuery(false, OptionalInt.of(2), Optional.empty(), false);
    assertEquals("99\n100\n", output(handle, last));
  }

  @Test
  void whatALaterRunWroteIsToldApartFromWhatWasBefore() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(shell("echo $$; sleep 0.05")));
    var _ = ended(handle);
    String first = output(handle, ALL);
    // What follows, as whoever reads on over a restart asks for it.
    LogQuery later = new LogQuery(true, OptionalInt.empty(), Optional.of(Instant.now()), false);
    assertEquals("", output(handle, later));
    var _ = fixture.driver().start(handle);
    String second = output(handle, later);
    var _ = ended(handle);
    assertEquals(first + second, output(handle, ALL));
    assertFalse(second.isEmpty());
  }

  @Test
  void whatAProgramWritesIsBounded() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(shell("yes | head -c 100000000")));
    assertEquals(0, ended(handle).exitCode());
    InstanceFiles files = fixture.ground().files(handle.instanceId());
    long kept = Files.size(files.output()) + Files.size(files.olderOutput());
    assertTrue(kept > 4 << 20 && kept < 24 << 20, "kept " + kept);
  }

  @Test
  void arrangesWhatTheSpecSays() throws Exception {
    assertEquals(
        "it's/tmp0027\n17\n",
        says(
            shell("printf %s \"$A\" \"$(pwd)\"; umask; ulimit -n")
                .putEnv("A", "it's")
                .setWorkingDir("/tmp")
                .setUmask("27")
                .addLimits(ProcessLimit.newBuilder().setName("nofile").setSoft(17).setHard(18))));
    assertEquals("nothing\n", says(shell("read x || echo nothing")));
  }

  @Test
  void aProgramCanBeInterrupted() throws Exception {
    // Started in the background by a shell, it would ignore SIGINT and SIGQUIT for good.
    String ignored = says(shell("awk '/SigIgn/ {print $2}' /proc/self/status"));
    assertEquals(0, Long.parseUnsignedLong(ignored.strip(), 16) & 0x7fff_ffff, ignored);
  }

  @Test
  void runsAsAnotherUserWithoutPrivileges() throws Exception {
    assumeTrue(isRoot(), "only root can be another user");
    String text =
        says(
            shell("id -un; id -gn; echo $HOME; grep NoNewPrivs /proc/self/status")
                .setUser("nobody")
                .setNoNewPrivileges(true));
    assertEquals("nobody\nnogroup\n/nonexistent\nNoNewPrivs:\t1\n", text);
    assertEquals(
        "CapBnd:\t0000000000000000\n",
        says(shell("grep CapBnd /proc/self/status").addDropCapabilities("all")));
  }

  @Test
  void aSetUserIdProgramGivesNothingWhereNoNewPrivilegesAreAllowed(@TempDir Path directory)
      throws Exception {
    assumeTrue(isRoot(), "only root can be another user");
    Path copy = directory.resolve("id");
    Files.copy(Path.of("/usr/bin/id"), copy);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    // Java has no name for the bit itself.
    Files.setAttribute(copy, "unix:mode", 0_104_755);
    ProcessSpec.Builder asks = shell(copy + " -u").setUser("nobody");
    assumeTrue(says(asks).equals("0\n"), "the file system here honours no set-user-id bits");
    assertEquals("65534\n", says(asks.setNoNewPrivileges(true)));
  }

  @Test
  void anotherUserMayOpenItsOutputByName() throws Exception {
    assumeTrue(isRoot(), "only root can be another user");
    assertEquals(
        "nobody\nerror\n",
        says(shell("id -un >/dev/stdout; echo error >/dev/stderr").setUser("nobody")));
    assertEquals(
        "nobody\n",
        says(
            shell("id -un >>/proc/self/fd/1")
                .setUser("nobody")
                .setIsolation(ProcessIsolation.PROCESS_ISOLATION_NAMESPACES)));
  }

  @Test
  void isAloneInNamespacesOfItsOwn() throws Exception {
    assumeTrue(isRoot(), "only root can make namespaces");
    ProcessSpec.Builder process =
        shell("echo $$; ls -d /proc/[0-9]* | wc -l; exit 5")
            .setIsolation(ProcessIsolation.PROCESS_ISOLATION_NAMESPACES);
    RuntimeHandle handle = fixture.run(fixture.of(process));
    assertEquals(5, ended(handle).exitCode());
    String[] lines = output(handle, ALL).split("\n", -1);
    assertEquals("1", lines[0]);
    assertTrue(Integer.parseInt(lines[1].strip()) <= 3, lines[1]);
  }

  @Test
  void stopsWhatHasDetachedItself() throws Exception {
    RuntimeHandle handle =
        fixture.run(
            fixture.of(
                shell("trap '' TERM; setsid -f sh -c \"trap '' TERM; sleep 1000\"; sleep 1000")));
    ProcessTree tree = fixture.ground().tree(handle.instanceId());
    while (tree.pids().size() < 3) {
      Thread.sleep(5);
    }
    var _ = fixture.driver().stop(handle, Duration.ofMillis(300));
    assertEquals(137, ended(handle).exitCode());
    assertEquals(0, tree.pids().size());
  }

  @Test
  void whatAProgramLeavesEndsWithIt() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(shell("setsid -f sleep 1000; exit 3")));
    assertEquals(3, ended(handle).exitCode());
    assertEquals(0, fixture.ground().tree(handle.instanceId()).pids().size());
  }

  @Test
  void aProgramThatIsNotThereOrCannotBeExecutedIsNamed() throws Exception {
    RunState.Exited missing = ended(fixture.run(fixture.program("/no/such/program")));
    assertEquals(127, missing.exitCode());
    assertEquals(
        "command \"/no/such/program\": there is no such program on this node", missing.problem());
    RunState.Exited refused = ended(fixture.run(fixture.program("/etc/passwd")));
    assertEquals(126, refused.exitCode());
    assertTrue(refused.problem().contains("cannot be executed"), refused.problem());
    assertEquals("", ended(fixture.run(fixture.of(shell("exit 127")))).problem());
  }

  @Test
  void memoryIsLimitedAndItsEndIsToldAsSuch() throws Exception {
    assumeTrue(fixture.ground().cgroups().capabilities().contains("memory-limit"));
    AssignedInstance.Builder hog =
        fixture.of(shell("x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}")).toBuilder();
    hog.getSpecBuilder().getResourcesBuilder().setMemoryBytes(32 << 20);
    RunState.Exited end = ended(fixture.run(hog.build()));
    assertTrue(end.outOfMemory(), end.toString());
  }

  @Test
  void aNewLimitHoldsWhatRunsAndWhatIsStartedLater(@TempDir Path directory) throws Exception {
    assumeTrue(fixture.ground().cgroups().capabilities().contains("resize"));
    Path go = directory.resolve("go");
    String waits = "while [ ! -e '" + go + "' ]; do sleep 0.02; done; ";
    String grows = "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}";
    RuntimeHandle handle = fixture.run(fixture.of(shell(waits + grows)));
    Resources small = Resources.newBuilder().setCpuMillis(500).setMemoryBytes(32 << 20).build();
    assertEquals(ResizeCapable.Effect.NOW, fixture.driver().resize(handle, small));
    Files.createFile(go);
    assertTrue(ended(handle).outOfMemory());
    var _ = fixture.driver().start(handle);
    assertTrue(ended(handle).outOfMemory(), "also after its next start");
  }

  @Test
  void whatStandsStillGetsNoProcessorTime() throws Exception {
    assumeTrue(fixture.ground().cgroups().capabilities().contains("pause"));
    RuntimeHandle handle = fixture.run(fixture.of(shell("while :; do :; done")));
    RuntimeHandle other = fixture.run(fixture.of(shell("while :; do :; done")));
    fixture.driver().pause(handle);
    long before = cpuNanos(handle);
    awaitCpu(other, cpuNanos(other) + 200_000_000);
    long still = cpuNanos(handle) - before;
    assertTrue(still < 50_000_000, still + " ns, which is more than the end of its turn");
    fixture.driver().unpause(handle);
    awaitCpu(handle, before + 100_000_000);
  }

  @Test
  void aForkBombStopsAtItsLimit() throws Exception {
    assumeTrue(fixture.ground().cgroups().capabilities().contains("pids-limit"));
    RuntimeHandle handle =
        fixture.run(fixture.of(shell("b() { b | b & b; }; b; sleep 1000").setMaxProcesses(30)));
    ProcessTree tree = fixture.ground().tree(handle.instanceId());
    LogQuery soFar = new LogQuery(false, OptionalInt.empty(), Optional.empty(), false);
    // Each shell says it its own way: "Cannot fork", "can't fork", "fork: retry".
    while (!output(handle, soFar).contains("fork")) {
      assertTrue(tree.pids().size() <= 30);
      Thread.sleep(5);
    }
    assertTrue(tree.pids().size() <= 30);
    var _ = fixture.driver().stop(handle, Duration.ZERO);
    assertEquals(0, tree.pids().size());
  }

  @Test
  void anEndIsSeenThoughTheCarrierWasKilled() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.program("sleep", "1000"));
    RunNote run = fixture.ground().files(handle.instanceId()).run().orElseThrow();
    ProcessHandle.of(run.carrier().pid()).orElseThrow().destroyForcibly();
    while (fixture.ground().host().isAlive(run.carrier())) {
      Thread.sleep(5);
    }
    assertInstanceOf(RunState.Running.class, fixture.driver().inspect(handle).state());
    var _ = fixture.driver().stop(handle, Duration.ZERO);
    assertEquals(137, ended(handle).exitCode());
  }

  @Test
  void eachExitCodeIsRightThoughTheAgentIsAnotherMeanwhile() throws Exception {
    long seed = System.nanoTime();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Map<RuntimeHandle, Integer> codes = new HashMap<>();
    RuntimeDriver agent = fixture.driver();
    for (int code = 1; code <= 24; code++) {
      String script = "sleep 0.%03d; exit %d".formatted(random.nextInt(300), code);
      RuntimeHandle handle = agent.prepare(fixture.of(shell(script)), _ -> {}).handle();
      var _ = agent.start(handle);
      codes.put(handle, code);
      if (random.nextInt(3) == 0) {
        agent.close();
        agent = fixture.again();
        assertInstanceOf(Listing.Complete.class, agent.recover());
      }
    }
    for (Map.Entry<RuntimeHandle, Integer> each : codes.entrySet()) {
      while (agent.inspect(each.getKey()).state() instanceof RunState.Running) {
        Thread.sleep(5);
      }
      RunState state = agent.inspect(each.getKey()).state();
      RunState.Exited end = assertInstanceOf(RunState.Exited.class, state, () -> "seed " + seed);
      assertEquals(each.getValue(), end.exitCode(), () -> "seed " + seed);
    }
  }

  @Test
  void aNumberThatIsAnotherProcessByNowIsNotOurs() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.program("true"));
    var _ = ended(handle);
    InstanceFiles files = fixture.ground().files(handle.instanceId());
    RunNote run = files.run().orElseThrow();
    long own = ProcessHandle.current().pid();
    Path note = files.directory().resolve("run");
    Files.writeString(note, run.bootId() + " " + own + " 1 " + own + " 1 .\n");
    assertInstanceOf(RunState.Exited.class, fixture.driver().inspect(handle).state());
    Files.writeString(note, "another-boot " + own + " 1 " + own + " 1 .\n");
    assertFalse(fixture.ground().host().runs(files.run().orElseThrow()));
  }

  @Test
  void whatALossOfPowerTornIsMadeAnew() throws Exception {
    AssignedInstance instance = fixture.program("true");
    RuntimeHandle handle = fixture.driver().prepare(instance, _ -> {}).handle();
    InstanceFiles files = fixture.ground().files(handle.instanceId());
    Files.writeString(files.directory().resolve("instance"), "");
    assertEquals(new Listing.Complete(List.of()), fixture.again().recover());
    var _ = fixture.driver().prepare(instance, _ -> {});
    assertEquals(0, ended(fixture.run(instance)).exitCode());
  }

  @Test
  void refusesWhatThisNodeCannotDo() {
    DriverException directory =
        assertThrows(
            DriverException.class,
            () -> fixture.run(fixture.of(shell("true").setWorkingDir("/no/such/place"))));
    assertEquals("NoWorkingDirectory", directory.failure().reason());
    DriverException user =
        assertThrows(
            DriverException.class,
            () -> fixture.run(fixture.of(shell("true").setUser("no-such-user"))));
    assertEquals("NoSuchUser", user.failure().reason());
    DriverException group =
        assertThrows(
            DriverException.class,
            () -> fixture.run(fixture.of(shell("true").setUser("root:no-such-group"))));
    assertEquals("NoSuchGroup", group.failure().reason());
  }

  @Test
  void aCpuHogGetsItsShareAndNoMore() throws Exception {
    assumeTrue(fixture.ground().cgroups().capabilities().contains("cpu-limit"));
    AssignedInstance.Builder hog = fixture.of(shell("while :; do :; done")).toBuilder();
    hog.getSpecBuilder().getResourcesBuilder().setCpuMillis(200);
    RuntimeHandle handle = fixture.run(hog.build());
    long before = cpuNanos(handle);
    long begin = System.nanoTime();
    awaitCpu(handle, before + 400_000_000);
    double share = (double) (cpuNanos(handle) - before) / (System.nanoTime() - begin);
    // It may get less where others want the processors, too.
    assertTrue(share > 0 && share < 0.25, "share " + share);
  }

  private void awaitCpu(RuntimeHandle handle, long nanos) throws InterruptedException {
    while (cpuNanos(handle) < nanos) {
      Thread.sleep(5);
    }
  }

  private long cpuNanos(RuntimeHandle handle) {
    return fixture.driver().stats(List.of(handle)).getFirst().cpuNanos().orElseThrow();
  }

  @Test
  void aRunningProcessIsMeasured() throws Exception {
    assumeTrue(fixture.ground().cgroups().holdsTrees());
    RuntimeHandle handle = fixture.run(fixture.of(shell("while :; do :; done")));
    awaitCpu(handle, 1);
  }
}
