package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Assigned;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.FakeDriver;
import dev.berth.agent.driver.FakeRuntime;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.fence.FakeWatchdog;
import dev.berth.agent.fence.FenceGuard;
import dev.berth.agent.instance.InstanceSnapshot;
import dev.berth.agent.journal.InstanceJournal;
import dev.berth.agent.journal.StateFiles;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.Threads;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Device;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeDescription;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// The agent's loop with real supervisors and a real journal over a runtime in memory, which
/// outlives agents.
final class InstanceWorld implements AutoCloseable {
  private static final Owner OWNER = new Owner("cluster-1", "node-1");
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /// Name of the second driver.
  static final String SPARE = "spare";

  final FakeRuntime runtime = new FakeRuntime(InstantSource.system());
  final FakeRuntime spareRuntime = new FakeRuntime(SPARE, InstantSource.system());
  final Map<String, InstanceStatus> reported = new ConcurrentHashMap<>();
  /// What the node offers.
  static final Device TPU = Device.newBuilder().setName("tpu").setId("/dev/accel0").build();

  final FailingFiles files;
  private final Owner owner;
  private FakeDriver driver = new FakeDriver(runtime, OWNER);
  private Optional<FakeDriver> spare = Optional.empty();
  private boolean losesJournal;
  private NodeDescription described = NodeDescription.newBuilder().addDevices(TPU).build();
  private InstanceTable table = new InstanceTable();
  private final FakeWatchdog watchdog = new FakeWatchdog();
  private FenceGuard fence;
  private InstanceJournal journal;
  private AgentLoop loop;

  InstanceWorld(Path directory) throws IOException {
    this.files = new FailingFiles(StateFiles.in(directory));
    this.owner = OWNER;
    this.journal =
        InstanceJournal.open(files, "boot-1", AgentClock.system(), Threads.virtual()).journal();
    this.fence = new FenceGuard(watchdog, AgentClock.system());
    this.loop = newLoop();
    fence.begin(() -> loop.handle(new AgentEvent.FenceClosed()));
  }

  /// Another agent takes over, as after `kill -9`; the journal was written or not.
  void restartAgent(String bootId) throws IOException {
    crashAgent();
    if (losesJournal) {
      var _ = files.setAside("instances");
    }
    InstanceJournal.Opened opened =
        InstanceJournal.open(files, bootId, AgentClock.system(), Threads.virtual());
    journal = opened.journal();
    driver = new FakeDriver(runtime, owner);
    spare = spare.map(_ -> new FakeDriver(spareRuntime, owner));
    table = new InstanceTable();
    reported.clear();
    fence = new FenceGuard(watchdog, AgentClock.system());
    loop = newLoop();
    loop.remember(opened.entries(), opened.sameBoot());
    fence.begin(() -> loop.handle(new AgentEvent.FenceClosed()));
  }

  /// Gives the next agent a second driver of the same kind, or takes it away.
  void haveSpare(boolean have) {
    spare = have ? Optional.of(new FakeDriver(spareRuntime, owner)) : Optional.empty();
  }

  /// The next agent does not find what this one wrote down.
  void loseJournal() {
    losesJournal = true;
  }

  /// Says which drivers can be used now.
  void available(boolean first, boolean second) {
    NodeDescription.Builder next = NodeDescription.newBuilder().addDevices(TPU);
    next.addDriversBuilder().setName(driver.name()).setAvailable(first);
    next.addDriversBuilder().setName(SPARE).setAvailable(second);
    described = next.build();
  }

  /// A supervisor that was let go says something late.
  void sayLate(String id, String driver) {
    InstanceSnapshot now = Objects.requireNonNull(table.find(id)).snapshot();
    InstanceStatus old =
        InstanceStatus.newBuilder()
            .setState(InstanceState.INSTANCE_STATE_ASSIGNED)
            .setDriver(driver)
            .build();
    loop.changed(
        new InstanceSnapshot(id, now.desired(), old, now.history(), Optional.empty(), false));
  }

  /// Lists the second runtime.
  void listSpare() {
    FakeDriver second = spare.orElseThrow();
    if (second.recover() instanceof Listing.Complete(List<Observation> all)) {
      loop.handle(new AgentEvent.Listed(second, all));
    }
  }

  void set(AssignedInstance... instances) {
    loop.handle(
        new AgentEvent.SetArrived(
            AssignmentSet.newBuilder()
                .setRevision(1)
                .setEpoch(1)
                .addAllInstances(List.of(instances))
                .build(),
            System.nanoTime()));
  }

  void change(AssignmentChange change) {
    loop.handle(new AgentEvent.ChangeArrived(change, System.nanoTime()));
  }

  /// A leader acknowledges what was sent just now.
  void contact(Duration timeout) {
    fence.welcomed(timeout);
    fence.contact(AgentClock.system().bootMillis());
  }

  /// The thread that looks after the fence.
  FenceGuard fence() {
    return fence;
  }

  Optional<String> journalProblem() {
    return journal.problem();
  }

  /// The agent dies; what it has written so far is there.
  void crashAgent() {
    loop.letGo();
    journal.close();
  }

  AgentLoop loop() {
    return loop;
  }

  FakeWatchdog watchdog() {
    return watchdog;
  }

  /// Lists the runtime, as the agent does at its start.
  void list() {
    switch (driver.recover()) {
      case Listing.Complete(List<Observation> all) ->
          loop.handle(new AgentEvent.Listed(driver, all));
      case Listing.Unknown _ -> {
        // Nothing is concluded.
      }
    }
  }

  InstanceTable table() {
    return table;
  }

  /// Makes something of ours that no controller assigned.
  String stray(String workload) {
    AssignedInstance stray = Assigned.container(workload, 1, "runs");
    try {
      Observation made = driver.prepare(stray, progress -> {});
      Observation _ = driver.start(made.handle());
    } catch (dev.berth.agent.driver.DriverException e) {
      throw new IllegalStateException(e);
    }
    return stray.getInstanceId();
  }

  InstanceState state(String id) {
    return status(id).getState();
  }

  InstanceStatus status(String id) {
    return reported.getOrDefault(id, InstanceStatus.getDefaultInstance());
  }

  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what + ": " + reported + " " + runtime.calls());
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    loop.letGo();
    journal.close();
  }

  private AgentLoop newLoop() {
    AgentPorts.Reports reports =
        new AgentPorts.Reports() {
          @Override
          public void report(String instanceId, InstanceStatus status) {
            reported.put(instanceId, status);
          }

          @Override
          public void forget(String instanceId) {
            reported.remove(instanceId);
          }
        };
    AgentMetrics metrics =
        new AgentMetrics() {
          @Override
          public void driverCall(String name, String verb, Outcome outcome, long nanos) {}

          @Override
          public void dispatch(long nanos) {}

          @Override
          public void bootPhase(Kind kind, BootPhaseKind phase, Duration since) {}

          @Override
          public void session(boolean open) {}
        };
    return new AgentLoop(
        new DriverRegistry(
            Stream.<RuntimeDriver>concat(Stream.of(driver), spare.stream()).toList()),
        new AgentPorts(
            journal,
            reports,
            Threads.virtual(),
            AgentClock.system(),
            () -> ThreadLocalRandom.current().nextLong(),
            metrics,
            () -> {}),
        table,
        fence,
        () -> described);
  }
}
