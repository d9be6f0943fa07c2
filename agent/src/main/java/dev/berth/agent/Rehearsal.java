package dev.berth.agent;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.agent.instance.Desired;
import dev.berth.agent.instance.InstanceListener;
import dev.berth.agent.instance.InstanceSnapshot;
import dev.berth.agent.instance.InstanceSupervisor;
import dev.berth.agent.instance.Sight;
import dev.berth.agent.instance.StartGate;
import dev.berth.agent.instance.SupervisorContext;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.Fence;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.DesiredState;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import dev.berth.v1.WorkloadType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Takes an instance that is made up through its whole life, with a driver that does nothing, so
/// that the classes on the way are loaded before the first real instance comes: the first `run`
/// after a start is otherwise a few hundred milliseconds slower than all that follow.
final class Rehearsal implements RuntimeDriver, InstanceListener, AgentMetrics {
  private static final Owner OWNER = new Owner("none", "none");

  private final AgentClock clock;
  private final RandomGenerator random;
  private Runnable onceRunning = () -> {};

  Rehearsal(AgentClock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /// Runs it, on the calling thread.
  void run() {
    AssignedInstance instance = madeUp();
    Optional<InstanceStatus> _ =
        Rejection.of(instance, new DriverRegistry(List.of(this)), clock.wall());
    InstanceSupervisor supervisor =
        InstanceSupervisor.fresh(
            instance.getInstanceId(),
            Desired.of(instance),
            new Sight.Missing(),
            clock.nanos(),
            new SupervisorContext(this, new StartGate(1), clock, random, this, this, Fence.NONE));
    onceRunning = () -> supervisor.desire(new Desired.Remove(Duration.ZERO));
    supervisor.run();
  }

  @Override
  public String name() {
    return "rehearsal";
  }

  @Override
  public Kind kind() {
    return Kind.KIND_CONTAINER;
  }

  @Override
  public DriverReport describe() {
    return new DriverReport(DriverDescription.getDefaultInstance(), List.of());
  }

  @Override
  public Observation prepare(AssignedInstance instance, PrepareListener listener) {
    RuntimeHandle handle = new RuntimeHandle(name(), instance.getInstanceId(), "none");
    return new Observation(handle, new RunState.Created(), Labels.of(OWNER, instance));
  }

  @Override
  public Observation start(RuntimeHandle handle) {
    return new Observation(handle, new RunState.Running(clock.wall()), Map.of());
  }

  @Override
  public Observation stop(RuntimeHandle handle, Duration grace) {
    RunState end = new RunState.Exited(0, false, clock.wall(), clock.wall(), "");
    return new Observation(handle, end, Map.of());
  }

  @Override
  public void remove(RuntimeHandle handle) {
    // There is nothing.
  }

  @Override
  public Observation inspect(RuntimeHandle handle) {
    return new Observation(handle, new RunState.Gone(), Map.of());
  }

  @Override
  public Listing recover() {
    return new Listing.Complete(List.of());
  }

  @Override
  public void follow(RuntimeListener listener) {
    // Nothing happens here.
  }

  @Override
  public void changed(InstanceSnapshot snapshot) {
    if (snapshot.running()) {
      onceRunning.run();
    }
  }

  @Override
  public void vanished(String instanceId) {
    // Nobody is told.
  }

  @Override
  public void driverCall(String driver, String verb, Outcome outcome, long nanos) {
    // Not a measurement.
  }

  @Override
  public void bootPhase(Kind kind, BootPhaseKind phase, Duration since) {
    // Not a measurement.
  }

  @Override
  public void dispatch(long nanos) {
    // Not a measurement.
  }

  @Override
  public void session(boolean open) {
    // Not a session.
  }

  @Override
  public void close() {
    // Nothing is held.
  }

  private static AssignedInstance madeUp() {
    AssignedInstance.Builder instance =
        AssignedInstance.newBuilder()
            .setInstanceId("0".repeat(32))
            .setNamespace("default")
            .setWorkload("rehearsal")
            .setSlot(1)
            .setDesiredState(DesiredState.DESIRED_STATE_RUN);
    instance
        .getSpecBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .getContainerBuilder()
        .setImage("rehearsal:1")
        .putEnv("A", "b");
    return instance.build();
  }
}
