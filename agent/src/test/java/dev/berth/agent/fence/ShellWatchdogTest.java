package dev.berth.agent.fence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.port.AgentClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real script over a real control group, with a `sleep` in the place of a container.
final class ShellWatchdogTest {
  private static final Duration NO_GRACE = Duration.ZERO;
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  @TempDir Path directory;
  private final AgentClock clock = AgentClock.system();
  private final String container = (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "");
  private Path group = GROUPS;
  private Process program;

  @BeforeEach
  void startProgram() throws IOException {
    Path hierarchy = Files.exists(GROUPS.resolve("pids")) ? GROUPS.resolve("pids") : GROUPS;
    assumeTrue(Files.isWritable(hierarchy), "needs a control group of its own: run it as root");
    group = hierarchy.resolve("berth-test-" + container);
    Files.createDirectory(group);
    program = new ProcessBuilder("sleep", "600").start();
    Files.writeString(group.resolve("cgroup.procs"), Long.toString(program.pid()));
  }

  @AfterEach
  void end() throws Exception {
    Files.deleteIfExists(directory.resolve("targets"));
    await("no watchdog is left", () -> watchdogs().isEmpty());
    if (program != null) {
      program.destroyForcibly().waitFor();
      await("the control group is empty", () -> Files.exists(group) && group.toFile().delete());
    }
  }

  @Test
  void killsTheProgramWhenTheDeadlineAndTheGraceAreOver() throws Exception {
    long from = clock.bootMillis();
    open("boot").watch(List.of(target(Duration.ofSeconds(1))), from + 1_000);
    assertTrue(program.waitFor(20, TimeUnit.SECONDS));
    long lived = clock.bootMillis() - from;
    assertTrue(lived >= 1_990 && lived < 10_000, "it lived for " + lived + " ms");
    await("it is noted", () -> Files.exists(directory.resolve("log")));
    assertTrue(Files.readString(directory.resolve("log")).contains(container));
  }

  @Test
  void killsNothingWhileTheDeadlineIsMoved() throws Exception {
    ShellWatchdog watchdog = open("boot");
    watchdog.watch(List.of(target(NO_GRACE)), clock.bootMillis() + 1_500);
    for (int i = 0; i < 20; i++) {
      assertFalse(program.waitFor(200, TimeUnit.MILLISECONDS), "it was killed");
      watchdog.renew(clock.bootMillis() + 1_500);
    }
    assertTrue(program.waitFor(20, TimeUnit.SECONDS));
  }

  @Test
  void killsAPlainProcessByItsInstanceAlsoWhenItStandsStill() throws Exception {
    String instance = UUID.randomUUID().toString().replace("-", "");
    Path freezer = GROUPS.resolve("freezer");
    Path base =
        (Files.isDirectory(freezer) ? freezer : GROUPS).resolve("berth-test-" + UUID.randomUUID());
    Path own = base.resolve(instance);
    Files.createDirectories(own);
    Process still = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(own.resolve("cgroup.procs"), Long.toString(still.pid()));
      if (Files.exists(own.resolve("freezer.state"))) {
        Files.writeString(own.resolve("freezer.state"), "FROZEN");
      }
      open("boot")
          .watch(List.of(new FenceTarget(instance, instance, NO_GRACE)), clock.bootMillis() + 500);
      assertTrue(still.waitFor(20, TimeUnit.SECONDS));
      assertTrue(program.isAlive());
    } finally {
      still.destroyForcibly().waitFor();
      await("it is empty", () -> Files.exists(own) && own.toFile().delete());
      Files.delete(base);
    }
  }

  @Test
  void touchesNothingThatIsNotHeld() throws Exception {
    String other = container.replace(container.charAt(0), container.charAt(0) == 'a' ? 'b' : 'a');
    ShellWatchdog watchdog = open("boot");
    watchdog.watch(List.of(new FenceTarget("i", other, NO_GRACE)), clock.bootMillis() - 1);
    assertFalse(program.waitFor(3, TimeUnit.SECONDS));
  }

  @Test
  void endsWhenNothingIsHeldAnyMore() throws Exception {
    ShellWatchdog watchdog = open("boot");
    watchdog.watch(List.of(target(NO_GRACE)), clock.bootMillis() + 60_000);
    await("it runs", () -> watchdogs().size() == 1);
    watchdog.watch(List.of(), clock.bootMillis() + 60_000);
    await("it has ended", () -> watchdogs().isEmpty());
    assertTrue(program.isAlive());
  }

  @Test
  void aRestartedAgentTakesOverWhatWasHeldAndItsWatchdogReplacesTheOldOne() throws Exception {
    long deadline = clock.bootMillis() + 60_000;
    FenceTarget target = target(Duration.ofSeconds(10));
    open("boot").watch(List.of(target), deadline);
    await("it runs", () -> watchdogs().size() == 1);
    List<Long> first = watchdogs();
    long began = clock.bootMillis();
    await("the host's uptime has moved", () -> clock.bootMillis() > began);
    ShellWatchdog next = open("boot");
    assertEquals(new Watchdog.Left(deadline / 10 * 10, List.of(target)), next.left());
    next.renew(deadline);
    await("only the new one runs", () -> watchdogs().size() == 1 && !watchdogs().equals(first));
    assertTrue(program.isAlive());
  }

  @Test
  void aWatchdogThatWasKilledIsStartedAgain() throws Exception {
    ShellWatchdog watchdog = open("boot");
    watchdog.watch(List.of(target(NO_GRACE)), clock.bootMillis() + 60_000);
    await("it runs", () -> watchdogs().size() == 1);
    watchdogs().forEach(each -> ProcessHandle.of(each).ifPresent(ProcessHandle::destroyForcibly));
    await("it is dead", () -> watchdogs().isEmpty());
    await(
        "it runs again",
        () -> {
          renew(watchdog);
          return watchdogs().size() == 1;
        });
  }

  @Test
  void whatWasHeldBeforeTheHostWasRestartedIsForgotten() throws Exception {
    open("boot").watch(List.of(target(NO_GRACE)), clock.bootMillis() + 60_000);
    assertEquals(new Watchdog.Left(0, List.of()), open("another boot").left());
  }

  @Test
  void aDeadlineThatCannotBeReadCountsAsPassed() throws Exception {
    FenceTarget target = target(Duration.ofMinutes(10));
    open("boot").watch(List.of(target), clock.bootMillis() + 60_000);
    Files.writeString(directory.resolve("deadline"), "12 34 12");
    assertEquals(new Watchdog.Left(0, List.of(target)), open("boot").left());
  }

  private void renew(ShellWatchdog watchdog) {
    try {
      watchdog.renew(clock.bootMillis() + 60_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ShellWatchdog open(String bootId) throws IOException {
    return ShellWatchdog.open(directory, bootId, clock);
  }

  private FenceTarget target(Duration grace) {
    return new FenceTarget("i", container, grace);
  }

  /// The watchdogs of this test: those that were started with its directory.
  private List<Long> watchdogs() {
    return ProcessHandle.allProcesses()
        .filter(
            each ->
                each.info().arguments().map(List::of).orElse(List.of()).contains(directory + ""))
        .map(ProcessHandle::pid)
        .toList();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
      Thread.sleep(10);
    }
  }
}
