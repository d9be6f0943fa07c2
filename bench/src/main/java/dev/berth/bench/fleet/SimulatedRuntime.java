package dev.berth.bench.fleet;

import com.google.protobuf.Timestamp;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Health;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StateTransition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/// The programs of one node, which only pretend to run. Not thread-safe: its agent guards it.
final class SimulatedRuntime {
  private final RuntimeScript script;
  private final RandomGenerator random;
  private final Alarm alarm;
  private final BiConsumer<String, InstanceStatus> changed;
  private final FleetTally tally;
  private final Map<String, Run> runs = new HashMap<>();

  /// One instance.
  private static final class Run {
    private InstanceStatus status;
    private boolean known;

    Run(InstanceStatus status) {
      this.status = status;
    }
  }

  /// @param alarm calls back with the agent's lock held
  /// @param changed is told the new status of an instance
  SimulatedRuntime(
      RuntimeScript script,
      RandomGenerator random,
      Alarm alarm,
      BiConsumer<String, InstanceStatus> changed,
      FleetTally tally) {
    this.script = script;
    this.random = random;
    this.alarm = alarm;
    this.changed = changed;
    this.tally = tally;
  }

  /// Runs exactly this.
  void obey(AssignmentSet set) {
    Set<String> wanted = new HashSet<>();
    set.getInstancesList().forEach(instance -> wanted.add(instance.getInstanceId()));
    List<String> strays = new ArrayList<>(runs.keySet());
    strays.removeAll(wanted);
    strays.forEach(this::remove);
    set.getInstancesList().forEach(this::want);
  }

  /// Runs what is new, ends what is gone.
  void obey(AssignmentChange change) {
    change.getRemovedList().forEach(this::remove);
    change.getChangedList().forEach(this::want);
  }

  /// Everything there is.
  List<InstanceReport> reports() {
    List<InstanceReport> reports = new ArrayList<>(runs.size());
    runs.forEach((id, run) -> reports.add(report(id, run.status)));
    return reports;
  }

  static InstanceReport report(String id, InstanceStatus status) {
    return InstanceReport.newBuilder().setInstanceId(id).setStatus(status).build();
  }

  /// The controller knows all of it: it was in a hello that was welcomed.
  void acknowledgeAll() {
    runs.values().forEach(this::acknowledge);
  }

  /// The controller has taken these reports.
  void acknowledge(List<InstanceReport> reports) {
    for (InstanceReport report : reports) {
      Run run = runs.get(report.getInstanceId());
      if (run != null && isRunning(report.getStatus())) {
        acknowledge(run);
      }
    }
  }

  private void acknowledge(Run run) {
    if (!run.known && isRunning(run.status)) {
      run.known = true;
      tally.running.incrementAndGet();
    }
  }

  private static boolean isRunning(InstanceStatus status) {
    return status.getState() == InstanceState.INSTANCE_STATE_RUNNING;
  }

  private void want(AssignedInstance instance) {
    String id = instance.getInstanceId();
    Run run = runs.get(id);
    if (instance.getDesiredState() == DesiredState.DESIRED_STATE_STOP) {
      if (run == null) {
        run = new Run(InstanceStatus.getDefaultInstance());
        runs.put(id, run);
      }
      stop(id, run);
    } else if (run == null) {
      Run fresh =
          new Run(
              entered(
                      InstanceStatus.newBuilder(),
                      InstanceState.INSTANCE_STATE_PREPARING,
                      InstanceState.INSTANCE_STATE_STARTING)
                  .build());
      runs.put(id, fresh);
      if (script.startDelay().isZero()) {
        start(id, fresh);
      } else {
        set(id, fresh, fresh.status);
        alarm.after(script.startDelay().toMillis(), () -> start(id, fresh));
      }
    }
  }

  private void start(String id, Run run) {
    if (runs.get(id) != run || run.status.getState() != InstanceState.INSTANCE_STATE_STARTING) {
      return;
    }
    if (script.failureShare() > 0 && random.nextDouble() < script.failureShare()) {
      set(
          id,
          run,
          entered(run.status.toBuilder(), InstanceState.INSTANCE_STATE_FAILED)
              .setExitCode(1)
              .setReason("StartFailed")
              .setMessage("The script of the simulation lets this start fail.")
              .build());
      return;
    }
    tally.starts.incrementAndGet();
    set(
        id,
        run,
        entered(run.status.toBuilder(), InstanceState.INSTANCE_STATE_RUNNING)
            .setHealth(Health.HEALTH_HEALTHY)
            .setRuntimeId("simulated-" + id)
            .setStartTime(now())
            .build());
    crashLater(id, run);
  }

  private void crashLater(String id, Run run) {
    if (!script.crashAfter().isZero()) {
      alarm.after(script.crashAfter().toMillis(), () -> crash(id, run));
    }
  }

  private void crash(String id, Run run) {
    if (runs.get(id) == run && isRunning(run.status)) {
      tally.starts.incrementAndGet();
      set(
          id,
          run,
          run.status.toBuilder()
              .setExitCode(1)
              .setRestarts(run.status.getRestarts() + 1)
              .setFinishTime(now())
              .setStartTime(now())
              .build());
      crashLater(id, run);
    }
  }

  private void stop(String id, Run run) {
    if (run.status.getState().getNumber() < InstanceState.INSTANCE_STATE_COMPLETE_VALUE) {
      set(
          id,
          run,
          entered(run.status.toBuilder(), InstanceState.INSTANCE_STATE_STOPPED)
              .setExitCode(0)
              .setFinishTime(now())
              .build());
    }
  }

  private void set(String id, Run run, InstanceStatus status) {
    if (run.known && !isRunning(status)) {
      forget(run);
    }
    run.status = status;
    changed.accept(id, status);
  }

  private void remove(String id) {
    Run run = runs.remove(id);
    if (run != null && run.known) {
      forget(run);
    }
  }

  private void forget(Run run) {
    run.known = false;
    tally.running.decrementAndGet();
  }

  private static InstanceStatus.Builder entered(
      InstanceStatus.Builder status, InstanceState... states) {
    Timestamp now = now();
    for (InstanceState state : states) {
      status
          .setState(state)
          .addTransitions(StateTransition.newBuilder().setState(state).setTime(now));
    }
    return status;
  }

  private static Timestamp now() {
    long millis = System.currentTimeMillis();
    return Timestamp.newBuilder()
        .setSeconds(millis / 1_000)
        .setNanos((int) (millis % 1_000) * 1_000_000)
        .build();
  }
}
