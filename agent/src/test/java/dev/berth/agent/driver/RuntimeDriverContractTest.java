package dev.berth.agent.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// What every driver does. A driver's own test implements [#fixture] and gets all of these.
public interface RuntimeDriverContractTest extends VerbsContractTest {
  /// Generous: contract tests run against real runtimes on machines that have other work.
  Duration PATIENCE = Duration.ofMinutes(3);

  /// What a driver's test provides.
  interface Fixture extends AutoCloseable {
    /// The driver; not following yet.
    RuntimeDriver driver();

    /// Another driver of the same owner over the same runtime, as after a restart of the agent.
    RuntimeDriver again();

    /// A driver of another node over the same runtime.
    RuntimeDriver ofAnotherNode();

    /// A new instance that runs until it is stopped, and ends with 0 or 143 when asked to.
    AssignedInstance thatRuns();

    /// A new instance that ends at once.
    AssignedInstance thatEndsWith(int exitCode);

    /// The exit code that such an instance has in the end; a runtime may know none but 0.
    default int exitCode(int asked) {
      return asked;
    }

    /// A new instance that can never be prepared.
    AssignedInstance thatCannotBePrepared();

    /// A directory that every instance has, for files that are copied.
    default String place() {
      return "/";
    }

    /// Removes all that is left.
    @Override
    void close() throws IOException;
  }

  @Test
  default void describesARuntimeThatCanBeUsed() throws Exception {
    try (Fixture fixture = fixture()) {
      DriverReport report = fixture.driver().describe();
      assertEquals(fixture.driver().name(), report.description().getName());
      assertEquals(fixture.driver().kind(), report.description().getKind());
      assertTrue(report.description().getAvailable(), report.description().getMessage());
      assertEquals(
          fixture.driver() instanceof LogCapable,
          report.description().getCapabilitiesList().contains("logs"));
      assertEquals(
          fixture.driver() instanceof StatsCapable,
          report.description().getCapabilitiesList().contains("stats"));
      assertEquals(
          fixture.driver() instanceof ConsoleCapable,
          report.description().getCapabilitiesList().contains("console"));
      assertTrue(fixture.driver() instanceof ExecCapable || !can(fixture, "exec"));
      assertEquals(fixture.driver() instanceof AttachCapable, can(fixture, "attach"));
      assertEquals(fixture.driver() instanceof ForwardCapable, can(fixture, "forward"));
      assertTrue(fixture.driver() instanceof PauseCapable || !can(fixture, "pause"));
      assertTrue(fixture.driver() instanceof ResizeCapable || !can(fixture, "resize"));
      assertEquals(fixture.driver() instanceof SignalCapable, can(fixture, "signals"));
      assertEquals(fixture.driver() instanceof TopCapable, can(fixture, "top"));
      assertTrue(fixture.driver() instanceof CopyCapable || !can(fixture, "copy"));
      assertTrue(can(fixture, "kill"), "each driver can stop at once");
    }
  }

  @Test
  default void preparesWithoutStarting() throws Exception {
    try (Fixture fixture = fixture()) {
      AssignedInstance instance = fixture.thatRuns();
      Observation made = prepare(fixture.driver(), instance);
      assertInstanceOf(RunState.Created.class, made.state());
      assertEquals(instance.getInstanceId(), made.handle().instanceId());
      assertInstanceOf(RunState.Created.class, fixture.driver().inspect(made.handle()).state());
    }
  }

  @Test
  default void preparesTheSameInstanceOnce() throws Exception {
    try (Fixture fixture = fixture()) {
      AssignedInstance instance = fixture.thatRuns();
      Observation first = prepare(fixture.driver(), instance);
      Observation second = prepare(fixture.again(), instance);
      assertEquals(first.handle(), second.handle());
      assertEquals(1, listed(fixture.driver()).size());
    }
  }

  @Test
  default void preparingWhatRunsAnswersThatItRuns() throws Exception {
    try (Fixture fixture = fixture()) {
      AssignedInstance instance = fixture.thatRuns();
      RuntimeHandle handle = run(fixture.driver(), instance);
      Observation again = prepare(fixture.again(), instance);
      assertEquals(handle, again.handle());
      assertInstanceOf(RunState.Running.class, again.state());
    }
  }

  @Test
  default void startingWhatRunsChangesNothing() throws Exception {
    try (Fixture fixture = fixture()) {
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      RunState before = fixture.driver().inspect(handle).state();
      assertInstanceOf(RunState.Running.class, fixture.driver().start(handle).state());
      assertEquals(before, fixture.driver().inspect(handle).state());
    }
  }

  @Test
  default void refusesForGoodWhatCanNeverBePrepared() throws Exception {
    try (Fixture fixture = fixture()) {
      AssignedInstance instance = fixture.thatCannotBePrepared();
      DriverException refusal =
          assertThrows(DriverException.class, () -> prepare(fixture.driver(), instance));
      assertInstanceOf(Failure.Permanent.class, refusal.failure());
      assertTrue(refusal.failure().reason().matches("[A-Z][A-Za-z]+"), refusal.failure().reason());
      assertEquals(List.of(), listed(fixture.driver()));
    }
  }

  @Test
  default void tellsTheExitCode() throws Exception {
    try (Fixture fixture = fixture()) {
      RuntimeHandle handle = run(fixture.driver(), fixture.thatEndsWith(7));
      RunState.Exited end = awaitExit(fixture.driver(), handle);
      assertEquals(fixture.exitCode(7), end.exitCode());
      assertTrue(!end.outOfMemory() && !end.finishTime().isBefore(end.startTime()), end.toString());
    }
  }

  @Test
  default void startsAgainWhatEnded() throws Exception {
    try (Fixture fixture = fixture()) {
      RuntimeHandle handle = run(fixture.driver(), fixture.thatEndsWith(1));
      RunState.Exited first = awaitExit(fixture.driver(), handle);
      Observation _ = fixture.driver().start(handle);
      RunState.Exited second = awaitExit(fixture.driver(), handle);
      while (second.finishTime().equals(first.finishTime())) {
        second = awaitExit(fixture.driver(), handle);
      }
      assertTrue(second.finishTime().isAfter(first.finishTime()));
    }
  }

  @Test
  default void stopsAndKeepsAndRemoves() throws Exception {
    try (Fixture fixture = fixture()) {
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      Observation stopped = fixture.driver().stop(handle, Duration.ofSeconds(2));
      assertInstanceOf(RunState.Exited.class, stopped.state());
      assertInstanceOf(RunState.Exited.class, fixture.driver().inspect(handle).state());
      assertInstanceOf(RunState.Exited.class, fixture.driver().stop(handle, Duration.ZERO).state());
      fixture.driver().remove(handle);
      assertInstanceOf(RunState.Gone.class, fixture.driver().inspect(handle).state());
      fixture.driver().remove(handle);
      assertInstanceOf(RunState.Gone.class, fixture.driver().stop(handle, Duration.ZERO).state());
    }
  }

  @Test
  default void removesEvenWhatRuns() throws Exception {
    try (Fixture fixture = fixture()) {
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      fixture.driver().remove(handle);
      assertEquals(List.of(), listed(fixture.driver()));
    }
  }

  @Test
  default void findsItsInstancesAgainWithTheirLabels() throws Exception {
    try (Fixture fixture = fixture()) {
      AssignedInstance running = fixture.thatRuns();
      AssignedInstance made = fixture.thatRuns();
      RuntimeHandle handle = run(fixture.driver(), running);
      Observation _ = prepare(fixture.driver(), made);
      List<Observation> found = listed(fixture.again());
      assertEquals(2, found.size());
      Observation first =
          found.stream().filter(each -> each.handle().equals(handle)).findFirst().orElseThrow();
      assertInstanceOf(RunState.Running.class, first.state());
      Map<String, String> labels = first.labels();
      assertEquals(running.getInstanceId(), labels.get(Labels.INSTANCE));
      assertEquals(running.getWorkload(), labels.get(Labels.WORKLOAD));
      assertEquals(running.getNamespace(), labels.get(Labels.NAMESPACE));
    }
  }

  @Test
  default void doesNotSeeWhatBelongsToAnotherNode() throws Exception {
    try (Fixture fixture = fixture()) {
      RuntimeHandle _ = run(fixture.driver(), fixture.thatRuns());
      assertEquals(List.of(), listed(fixture.ofAnotherNode()));
    }
  }

  @Test
  default void tellsStartsAndEndsToItsListener() throws Exception {
    try (Fixture fixture = fixture()) {
      Recorder news = new Recorder();
      fixture.driver().follow(news);
      news.awaitResumed();
      RuntimeHandle handle = run(fixture.driver(), fixture.thatEndsWith(3));
      Observation end = news.awaitState(handle, RunState.Exited.class);
      assertEquals(fixture.exitCode(3), ((RunState.Exited) end.state()).exitCode());
      fixture.driver().remove(handle);
      Observation _ = news.awaitState(handle, RunState.Gone.class);
    }
  }

  @Test
  default void letsStandStillAndGoOn() throws Exception {
    try (Fixture fixture = fixture()) {
      if (!can(fixture, "pause")) {
        return; // and says so, which the tests of such a driver expect
      }
      PauseCapable pauses = (PauseCapable) fixture.driver();
      Recorder news = new Recorder();
      fixture.driver().follow(news);
      news.awaitResumed();
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      for (int times = 0; times < 2; times++) {
        pauses.pause(handle);
        assertTrue(isPaused(fixture.driver().inspect(handle)));
      }
      news.awaitPaused(handle, true);
      assertTrue(isPaused(listed(fixture.again()).getFirst()));
      for (int times = 0; times < 2; times++) {
        pauses.unpause(handle);
        assertFalse(isPaused(fixture.driver().inspect(handle)));
      }
      news.awaitPaused(handle, false);
      pauses.pause(handle);
      Observation stopped = fixture.driver().stop(handle, Duration.ofSeconds(2));
      assertInstanceOf(RunState.Exited.class, stopped.state());
      DriverException refusal = assertThrows(DriverException.class, () -> pauses.pause(handle));
      assertEquals(PauseCapable.NOT_RUNNING, refusal.failure().reason());
    }
  }

  @Test
  default void removesEvenWhatStandsStill() throws Exception {
    try (Fixture fixture = fixture()) {
      if (!can(fixture, "pause")) {
        return; // and says so, which the tests of such a driver expect
      }
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      ((PauseCapable) fixture.driver()).pause(handle);
      fixture.driver().remove(handle);
      assertEquals(List.of(), listed(fixture.driver()));
    }
  }

  @Test
  default void givesOtherResourcesInEveryState() throws Exception {
    try (Fixture fixture = fixture()) {
      if (!can(fixture, "resize")) {
        return; // and says so, which the tests of such a driver expect
      }
      ResizeCapable resizes = (ResizeCapable) fixture.driver();
      Resources larger =
          Resources.newBuilder().setCpuMillis(2_000).setMemoryBytes(96L << 20).build();
      AssignedInstance instance = fixture.thatRuns();
      RuntimeHandle handle = prepare(fixture.driver(), instance).handle();
      assertEquals(ResizeCapable.Effect.NOW, resizes.resize(handle, larger), "it is off");
      Observation _ = fixture.driver().start(handle);
      assertEquals(ResizeCapable.Effect.NOW, resizes.resize(handle, larger), "it has them");
      RunState running = fixture.driver().inspect(handle).state();
      var _ = resizes.resize(handle, larger.toBuilder().setCpuMillis(1_000).build());
      assertEquals(running, fixture.driver().inspect(handle).state(), "it runs as before");
      assertEquals(1, listed(fixture.again()).size());
      Observation _ = fixture.driver().stop(handle, Duration.ZERO);
      assertEquals(ResizeCapable.Effect.NOW, resizes.resize(handle, larger), "it has ended");
      assertInstanceOf(RunState.Running.class, fixture.driver().start(handle).state());
    }
  }

  @Test
  default void saysWhatAnInstanceOccupies() throws Exception {
    try (Fixture fixture = fixture()) {
      if (!(fixture.driver() instanceof StatsCapable measures)) {
        return;
      }
      RuntimeHandle handle = prepare(fixture.driver(), fixture.thatRuns()).handle();
      assertTrue(measures.storageBytes(handle).isPresent(), "it is there");
      fixture.driver().remove(handle);
      assertTrue(measures.storageBytes(handle).isEmpty(), "it is gone");
    }
  }

  /// Whether its driver has a capability.
  static boolean can(Fixture fixture, String capability) {
    return fixture.driver().describe().description().getCapabilitiesList().contains(capability);
  }

  private static boolean isPaused(Observation observation) {
    return assertInstanceOf(RunState.Running.class, observation.state()).paused();
  }

  /// Prepares an instance, whatever is said meanwhile.
  static Observation prepare(RuntimeDriver driver, AssignedInstance instance)
      throws DriverException {
    return driver.prepare(instance, progress -> {});
  }

  /// Prepares and starts an instance.
  static RuntimeHandle run(RuntimeDriver driver, AssignedInstance instance) throws DriverException {
    RuntimeHandle handle = prepare(driver, instance).handle();
    Observation started = driver.start(handle);
    assertEquals(handle, started.handle());
    return handle;
  }

  private static List<Observation> listed(RuntimeDriver driver) {
    return assertInstanceOf(Listing.Complete.class, driver.recover()).observations();
  }

  /// Waits for its end.
  static RunState.Exited awaitExit(RuntimeDriver driver, RuntimeHandle handle)
      throws DriverException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    RunState state = driver.inspect(handle).state();
    while (!(state instanceof RunState.Exited)) {
      assertTrue(System.nanoTime() < end, "still " + state);
      Thread.onSpinWait();
      state = driver.inspect(handle).state();
    }
    return (RunState.Exited) state;
  }

  /// Keeps what a driver tells.
  final class Recorder implements RuntimeListener {
    private final BlockingQueue<Observation> news = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> resumed = new LinkedBlockingQueue<>();

    @Override
    public void changed(Observation observation) {
      news.add(observation);
    }

    @Override
    public void interrupted(String reason) {}

    @Override
    public void resumed() {
      resumed.add("resumed");
    }

    /// Waits until news flow (again).
    public void awaitResumed() throws InterruptedException {
      assertTrue(resumed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS) != null, "not following");
    }

    /// Waits until an instance is told to be in such a state; the news before are forgotten.
    public Observation awaitState(RuntimeHandle handle, Class<? extends RunState> wanted)
        throws InterruptedException {
      return await(handle, wanted::isInstance, wanted.getSimpleName());
    }

    /// Waits until a running instance is told to stand still, or to go on.
    void awaitPaused(RuntimeHandle handle, boolean paused) throws InterruptedException {
      Observation _ =
          await(
              handle,
              state -> state instanceof RunState.Running running && running.paused() == paused,
              "paused: " + paused);
    }

    private Observation await(RuntimeHandle handle, Predicate<RunState> wanted, String what)
        throws InterruptedException {
      Observation next = news.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      while (next != null && !(next.handle().equals(handle) && wanted.test(next.state()))) {
        next = news.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      assertTrue(next != null, "never told " + what);
      return next;
    }
  }
}
