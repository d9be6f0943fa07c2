package dev.berth.agent.instance;

import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Decides the one next step of an instance. Pure: the same arguments give the same step.
final class NextStep {
  /// How long a program runs before it counts as healthy.
  static final long HEALTHY_MILLIS = 10_000;

  private static final Step REST = new Step.Rest();
  private static final Outcome STOPPED = new Outcome(InstanceState.INSTANCE_STATE_STOPPED, "", "");

  private NextStep() {}

  static Step of(Desired desired, Observed observed, long nowMillis) {
    Optional<Observed.Retry> retry = observed.retry();
    if (retry.isPresent() && nowMillis < retry.get().dueMillis()) {
      return new Step.WaitUntil(retry.get().dueMillis());
    }
    return switch (desired) {
      case Desired.Keep _ -> keep(observed);
      case Desired.Remove(Duration grace) -> remove(observed.sight(), grace);
      case Desired.Stop(AssignedInstance instance) ->
          stop(observed, Desired.grace(instance), STOPPED);
      case Desired.Fenced(AssignedInstance instance) ->
          stop(observed, Desired.grace(instance), Outcome.FENCED);
      case Desired.Run(AssignedInstance instance) -> run(observed, instance, nowMillis);
    };
  }

  private static Step keep(Observed observed) {
    return switch (observed.sight()) {
      case Sight.Doubtful(Optional<RuntimeHandle> handle) -> new Step.Look(handle);
      // How it ended is worth knowing when it is assigned again; that it was there is not.
      case Sight.Missing _ -> observed.outcome().isPresent() ? REST : new Step.Vanish();
      case Sight.Unlisted _, Sight.Present _ -> REST;
    };
  }

  private static Step remove(Sight sight, Duration grace) {
    return switch (sight) {
      case Sight.Unlisted _ -> REST;
      case Sight.Doubtful(Optional<RuntimeHandle> handle) -> new Step.Look(handle);
      case Sight.Missing _ -> new Step.Vanish();
      case Sight.Present(RuntimeHandle handle, RunState.Running _) ->
          new Step.Stop(handle, grace, false);
      case Sight.Present(RuntimeHandle handle, _) -> new Step.Remove(handle);
    };
  }

  private static Step stop(Observed observed, Duration grace, Outcome outcome) {
    Step stopped = observed.outcome().isPresent() ? REST : new Step.Conclude(outcome);
    return switch (observed.sight()) {
      case Sight.Unlisted _ -> REST;
      case Sight.Doubtful(Optional<RuntimeHandle> handle) -> new Step.Look(handle);
      case Sight.Missing _ -> stopped;
      case Sight.Present(RuntimeHandle handle, RunState.Running _) ->
          new Step.Stop(handle, grace, false);
      case Sight.Present _ -> stopped;
    };
  }

  private static Step run(Observed observed, AssignedInstance instance, long nowMillis) {
    if (observed.outcome().isPresent()) {
      // Another instance may run in its slot by now: what ended must not run again.
      return observed.sight() instanceof Sight.Present(RuntimeHandle handle, RunState.Running _)
          ? new Step.Stop(handle, Desired.grace(instance), false)
          : REST;
    }
    return switch (observed.sight()) {
      case Sight.Unlisted _ -> REST;
      case Sight.Doubtful(Optional<RuntimeHandle> handle) ->
          handle.isPresent() || observed.ran() ? new Step.Look(handle) : new Step.Prepare(instance);
      case Sight.Missing _ -> ended(observed, instance, nowMillis, new Step.Prepare(instance));
      case Sight.Present(RuntimeHandle handle, RunState.Running _) ->
          running(observed, instance, handle, nowMillis);
      case Sight.Present(RuntimeHandle handle, RunState.Created _) ->
          ended(observed, instance, nowMillis, start(observed, instance, handle));
      case Sight.Present(RuntimeHandle handle, _) ->
          ended(observed, instance, nowMillis, start(observed, instance, handle));
    };
  }

  private static Step running(
      Observed observed, AssignedInstance instance, RuntimeHandle handle, long nowMillis) {
    if (restartAsked(observed, instance)) {
      return new Step.Stop(handle, Desired.grace(instance), true);
    }
    if (resizeAsked(observed, instance)) {
      return new Step.Resize(handle, instance);
    }
    if (observed.run().healthy()) {
      return REST;
    }
    long healthyAt = observed.run().startedMillis() + HEALTHY_MILLIS;
    return nowMillis >= healthyAt ? new Step.BecomeHealthy() : new Step.WaitUntil(healthyAt);
  }

  /// The program does not run: judges its end, waits for its restart, or goes on.
  private static Step ended(
      Observed observed, AssignedInstance instance, long nowMillis, Step goOn) {
    if (restartAsked(observed, instance)) {
      return goOn;
    }
    if (observed.ran()) {
      return new Step.Judge(instance);
    }
    OptionalLong due = observed.history().dueMillis();
    return due.isPresent() && nowMillis < due.getAsLong()
        ? new Step.WaitUntil(due.getAsLong())
        : goOn;
  }

  private static Step start(Observed observed, AssignedInstance instance, RuntimeHandle handle) {
    if (resizeAsked(observed, instance)) {
      return new Step.Resize(handle, instance);
    }
    Step.StartCause cause =
        restartAsked(observed, instance)
            ? Step.StartCause.USER
            : observed.history().dueMillis().isPresent()
                ? Step.StartCause.POLICY
                : Step.StartCause.FIRST;
    return new Step.Start(handle, cause, instance.getRestartGeneration());
  }

  private static boolean resizeAsked(Observed observed, AssignedInstance instance) {
    return instance.getWorkloadRevision() > observed.resources();
  }

  private static boolean restartAsked(Observed observed, AssignedInstance instance) {
    return instance.getRestartGeneration() > observed.generation();
  }
}
