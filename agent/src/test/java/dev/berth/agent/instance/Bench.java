package dev.berth.agent.instance;

import dev.berth.agent.driver.Assigned;
import dev.berth.agent.driver.FakeDriver;
import dev.berth.agent.driver.FakeRuntime;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.agent.port.Fence;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// One supervisor on a bench: a runtime in memory, a clock that passes when told, one thread.
final class Bench implements InstanceListener {
  static final AssignedInstance WEB = Assigned.container("web", 1, "runs");
  static final String ID = WEB.getInstanceId();
  static final Owner OWNER = new Owner("cluster-1", "node-1");

  final VirtualClock clock = new VirtualClock();
  final FakeRuntime runtime = new FakeRuntime(clock);
  final FakeDriver driver = new FakeDriver(runtime, OWNER);
  final List<InstanceStatus> reports = new ArrayList<>();
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
  private InstanceSupervisor supervisor;
  private boolean gone;

  Bench(AssignedInstance instance) {
    supervisor =
        InstanceSupervisor.fresh(
            instance.getInstanceId(), Desired.of(instance), new Sight.Missing(), 0, context());
    driver.follow(
        new RuntimeListener() {
          @Override
          public void changed(Observation observation) {
            supervisor.hint(observation);
          }

          @Override
          public void interrupted(String reason) {}

          @Override
          public void resumed() {}
        });
  }

  SupervisorContext context() {
    return new SupervisorContext(
        driver, new StartGate(8), clock, random, new NoMetrics(), this, Fence.NONE);
  }

  InstanceSupervisor supervisor() {
    return supervisor;
  }

  InstanceSnapshot snapshot() {
    return supervisor.snapshot();
  }

  InstanceStatus status() {
    return snapshot().status();
  }

  boolean gone() {
    return gone;
  }

  /// Lets the supervisor do all that it can do now.
  Step settle() {
    return supervisor.turn();
  }

  /// Lets time pass, with the supervisor waking up whenever it wants to.
  void pass(long millis) {
    long end = clock.millis() + millis;
    Step step = settle();
    while (!gone && step instanceof Step.WaitUntil(long wake) && wake <= end) {
      clock.advanceTo(wake);
      step = settle();
    }
    clock.advanceTo(end);
    if (!gone) {
      Step _ = settle();
    }
  }

  void desire(Desired desired) {
    supervisor.desire(desired);
  }

  /// The agent dies and comes back with what its journal holds.
  void restartAgent(Desired desired) {
    InstanceSnapshot last = snapshot();
    supervisor = InstanceSupervisor.known(ID, desired, last.status(), last.history(), context());
  }

  /// The agent dies and comes back without its journal.
  void restartAgentWithoutJournal(Desired desired) {
    supervisor = InstanceSupervisor.fresh(ID, desired, new Sight.Unlisted(), 0, context());
  }

  /// What the loop does with a listing.
  void list() {
    switch (driver.recover()) {
      case Listing.Complete(List<Observation> all) -> {
        if (all.isEmpty()) {
          supervisor.notListed();
        }
        all.forEach(supervisor::hint);
      }
      case Listing.Unknown _ -> {
        // Nothing is concluded.
      }
    }
  }

  /// News that were under way for long.
  void lateEnd() {
    RuntimeHandle handle = snapshot().handle().orElseThrow();
    RunState end = new RunState.Exited(1, false, clock.wall(), clock.wall().minusSeconds(100), "");
    supervisor.hint(new Observation(handle, end, Map.of(Labels.INSTANCE, ID)));
  }

  @Override
  public void changed(InstanceSnapshot snapshot) {
    reports.add(snapshot.status());
  }

  @Override
  public void vanished(String instanceId) {
    gone = true;
  }

  List<InstanceState> states() {
    return reports.stream().map(InstanceStatus::getState).distinct().toList();
  }
}
