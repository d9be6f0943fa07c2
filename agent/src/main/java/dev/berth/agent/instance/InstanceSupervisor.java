package dev.berth.agent.instance;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.spec.Printable;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after one instance, on a thread of its own: carries out the steps that [NextStep] decides
/// and keeps its status. Wishes and news may come from any thread; only the newest wish counts.
public final class InstanceSupervisor implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(InstanceSupervisor.class);

  private final String id;
  private final InstanceInbox inbox;
  private final Interruption interruption = new Interruption();
  private final SupervisorContext context;
  private final DriverCalls calls;
  private final StatusRecord status;
  private final BootMeter meter;
  private Desired desired;
  private Observed observed;
  private @Nullable Instant judgedFinish;
  private boolean unseen = true;
  private boolean complained;
  private @Nullable InstanceSnapshot published;

  private InstanceSupervisor(
      String id,
      Desired desired,
      Observed observed,
      StatusRecord status,
      DriverCalls calls,
      SupervisorContext context) {
    this.id = id;
    this.desired = desired;
    this.observed = observed;
    this.status = status;
    this.context = context;
    this.inbox = new InstanceInbox(context.clock());
    this.meter =
        new BootMeter(
            context.driver().kind(), context.clock().wall(), status.current(), context.metrics());
    this.calls = calls;
  }

  /// Looks after an instance that the agent has not known before.
  ///
  /// @param sight [Sight.Missing] when the runtime was listed before, else [Sight.Unlisted]
  /// @param arrivedNanos when the instance was heard of, by [dev.berth.agent.port.AgentClock#nanos]
  public static InstanceSupervisor fresh(
      String id, Desired desired, Sight sight, long arrivedNanos, SupervisorContext context) {
    InstanceStatus blank =
        InstanceStatus.newBuilder()
            .setState(InstanceState.INSTANCE_STATE_ASSIGNED)
            .setDriver(context.driver().name())
            .setStartGeneration(desired.startGeneration())
            .build();
    InstanceSupervisor supervisor =
        new InstanceSupervisor(
            id,
            desired,
            fresh(sight, context),
            new StatusRecord(blank, context.clock()),
            new DriverCalls(context, arrivedNanos),
            context);
    supervisor.learnGeneration();
    return supervisor;
  }

  /// Looks after an instance that the agent knew before it was restarted.
  ///
  /// @param last its last status
  /// @param history its restarts
  public static InstanceSupervisor known(
      String id,
      Desired desired,
      InstanceStatus last,
      RestartHistory history,
      SupervisorContext context) {
    long now = context.clock().millis();
    boolean isFinal =
        last.getState().getNumber() > InstanceState.INSTANCE_STATE_STOPPING.getNumber();
    boolean waits = history.dueMillis().isPresent();
    boolean ran = last.hasStartTime() && !waits;
    Observed observed =
        new Observed(
            new Sight.Unlisted(),
            history.readAt(now),
            new Observed.Run(ran && !isFinal, now, false),
            last.getRestartGeneration(),
            canResize(context) ? last.getResourcesRevision() : Observed.RESOURCES_FIXED,
            Optional.empty(),
            isFinal
                ? Optional.of(new Outcome(last.getState(), last.getReason(), last.getMessage()))
                : Optional.empty());
    InstanceSupervisor supervisor =
        new InstanceSupervisor(
            id,
            desired,
            observed,
            new StatusRecord(
                last.toBuilder().setDriver(context.driver().name()).build(), context.clock()),
            new DriverCalls(context, context.clock().nanos()),
            context);
    boolean toStartAgain = !last.hasStartTime();
    if (last.hasFinishTime() && (waits || isFinal || toStartAgain)) {
      supervisor.judgedFinish = StatusRecord.instant(last.getFinishTime());
    }
    return supervisor;
  }

  private static Observed fresh(Sight sight, SupervisorContext context) {
    return Observed.fresh(sight).withResources(canResize(context) ? 0 : Observed.RESOURCES_FIXED);
  }

  private static boolean canResize(SupervisorContext context) {
    return context.driver() instanceof ResizeCapable;
  }

  /// The instance as it is now. Before [#run] only.
  public InstanceSnapshot snapshot() {
    return new InstanceSnapshot(
        id,
        desired,
        status.current(),
        observed.history(),
        observed.sight().object(),
        observed.sight().runs());
  }

  /// Tells what is wanted from now on.
  public void desire(Desired next) {
    if (inbox.desire(next)) {
      interruption.interrupt(inbox::hasDesire);
    }
  }

  /// Tells news of the runtime, or what a listing says.
  public void hint(Observation news) {
    inbox.hint(news);
  }

  /// Tells that a complete listing has no object of this instance.
  public void notListed() {
    inbox.notListed();
  }

  /// Ends this supervisor and touches nothing; what runs goes on running.
  public void letGo() {
    inbox.close();
    interruption.interrupt(inbox::hasDesire);
  }

  @Override
  public void run() {
    try {
      boolean lives = true;
      while (lives) {
        lives =
            switch (turn()) {
              case Step.WaitUntil(long millis) -> inbox.awaitUntil(millis);
              case Step.Vanish _ -> false;
              case Step _ -> inbox.await();
            };
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Carries out all steps that can be carried out now.
  ///
  /// @return the step that ends the turn: rest, wait or vanish
  Step turn() {
    while (true) {
      takeNews();
      if (inbox.closed()) {
        return new Step.Rest();
      }
      Step step = NextStep.of(desired, observed, context.clock().millis());
      switch (step) {
        case Step.Rest _, Step.WaitUntil _ -> {
          publish();
          return step;
        }
        case Step.Vanish _ -> {
          publish();
          context.listener().vanished(id);
          return step;
        }
        case Step.Judge(AssignedInstance instance) -> judge(instance);
        case Step.BecomeHealthy _ -> {
          observed = observed.healthyNow();
          status.healthy();
        }
        case Step.Conclude(Outcome outcome) -> end(outcome);
        case Step.Look _, Step.Prepare _, Step.Start _, Step.Resize _, Step.Stop _, Step.Remove _ ->
            attempt(step);
      }
      publish();
    }
  }

  private void takeNews() {
    InstanceInbox.News news = inbox.take();
    if (news.desired() != null) {
      Desired next = desired.then(news.desired());
      if (!next.equals(desired)) {
        desired = next;
        observed = observed.retryAt(Optional.empty());
        startAgainIfAsked();
        learnGeneration();
      }
    }
    for (Observation hint : news.hints()) {
      Sight before = observed.sight();
      Sight after = before.hinted(hint);
      if (after instanceof Sight.Present && !after.equals(before)) {
        saw(hint);
      } else {
        observed = observed.see(after);
        if (after.runs() && hint.state() instanceof RunState.Running) {
          status.sawPhases(hint);
        }
      }
    }
    if (news.notListed()) {
      observed = observed.see(observed.sight().notListed());
    }
  }

  /// What was stopped goes on with what it left, and otherwise as if it were new.
  private void startAgainIfAsked() {
    if (desired.startGeneration() <= status.current().getStartGeneration()) {
      return;
    }
    observed.exited().ifPresent(exited -> judgedFinish = exited.finishTime());
    Sight sight = observed.sight();
    observed =
        Observed.fresh(sight.runs() ? new Sight.Doubtful(sight.object()) : sight)
            .withResources(observed.resources());
    status.startAgain(desired.startGeneration());
    meter.startAgain(context.clock().wall());
    complained = false;
  }

  private void attempt(Step step) {
    try {
      switch (step) {
        case Step.Look(Optional<RuntimeHandle> handle) -> look(handle);
        case Step.Prepare(AssignedInstance instance) -> prepare(instance);
        case Step.Start start -> start(start);
        case Step.Resize resize -> resize(resize);
        case Step.Stop stop -> stop(stop);
        case Step.Remove(RuntimeHandle handle) -> {
          calls.remove(handle);
          observed = observed.see(new Sight.Missing());
        }
        case Step _ -> throw new IllegalArgumentException("not a call: " + step);
      }
      observed = observed.retryAt(Optional.empty());
      if (complained) {
        complained = false;
        status.allIsWell();
      }
    } catch (DriverException e) {
      failed(step, e.failure());
    }
  }

  private void look(Optional<RuntimeHandle> handle) throws DriverException {
    if (handle.isPresent()) {
      saw(calls.inspect(handle.get()));
      return;
    }
    switch (calls.recover()) {
      case Listing.Complete(List<Observation> all) -> {
        Optional<Observation> own =
            all.stream().filter(each -> each.handle().instanceId().equals(id)).findFirst();
        own.ifPresentOrElse(this::saw, () -> observed = observed.see(new Sight.Missing()));
      }
      case Listing.Unknown(String reason) ->
          throw DriverException.retryable("RuntimeUnavailable", reason, null);
    }
  }

  private void prepare(AssignedInstance instance) throws DriverException {
    observed = observed.see(new Sight.Doubtful(Optional.empty()));
    Observation made =
        calls.prepare(
            instance,
            interruption,
            progress -> {
              status.pulling(progress);
              publish();
            });
    if (instance.getSpec().hasVm()) {
      // Of containers the transitions say as much: there are many, and their reports stay small.
      status.imageReady();
    }
    saw(made);
    if (made.state() instanceof RunState.Created && canResize(context)) {
      observed = observed.withResources(instance.getWorkloadRevision());
    }
  }

  private void resize(Step.Resize step) throws DriverException {
    AssignedInstance wanted = step.instance();
    ResizeCapable.Effect effect = calls.resize(step.handle(), wanted.getSpec().getResources());
    observed = observed.withResources(wanted.getWorkloadRevision());
    if (!observed.sight().runs()) {
      return;
    }
    switch (effect) {
      case NOW -> status.resized(observed.resources());
      case NEXT_START -> {
        status.explain("Resizing", "its new size needs a restart");
        observed = observed.withGeneration(wanted.getRestartGeneration() - 1);
      }
    }
  }

  private void start(Step.Start start) throws DriverException {
    status.advance(InstanceState.INSTANCE_STATE_STARTING);
    publish();
    observed = observed.see(new Sight.Doubtful(Optional.of(start.handle())));
    RestartHistory history =
        switch (start.cause()) {
          case FIRST -> observed.history();
          case POLICY -> observed.history().restarted(context.clock().millis());
          case USER -> observed.history().restartedByUser();
        };
    Observation started = calls.start(desired, start.handle(), interruption);
    observed = observed.began(history, context.clock().millis(), start.generation());
    status.started(history.restarts(), start.generation());
    if (canResize(context)) {
      status.resized(observed.resources());
    }
    status.allIsWell();
    saw(started);
  }

  private void stop(Step.Stop stop) throws DriverException {
    if (stop.toRestart()) {
      if (!status.current().getReason().equals("Resizing")) {
        status.explain("Restarting", "a restart was asked for");
      }
    } else {
      status.advance(InstanceState.INSTANCE_STATE_STOPPING);
      if (desired instanceof Desired.Fenced) {
        status.explain(Outcome.FENCED.reason(), Outcome.FENCED.message());
      }
    }
    publish();
    observed = observed.see(new Sight.Doubtful(Optional.of(stop.handle())));
    saw(calls.stop(stop.handle(), stop.grace(), interruption));
  }

  private void saw(Observation observation) {
    boolean knewRun = observed.ran() && !unseen;
    observed = observed.see(Sight.of(observation));
    unseen = false;
    if (observed.outcome().isPresent()) {
      return;
    }
    status.saw(observation);
    switch (observation.state()) {
      case RunState.Running(Instant startTime, _) -> {
        if (!knewRun) {
          adopt(Duration.between(startTime, context.clock().wall()));
        }
      }
      case RunState.Exited exited -> {
        if (!knewRun && !exited.finishTime().equals(judgedFinish)) {
          adopt(Duration.between(exited.startTime(), exited.finishTime()));
        }
      }
      case RunState.Created _, RunState.Gone _ -> {}
    }
  }

  /// Takes over a run that was not started by this supervisor.
  private void adopt(Duration age) {
    long since =
        context.clock().millis() - Math.clamp(age.toMillis(), 0, RestartRules.GOOD_RUN_MILLIS);
    observed = observed.began(observed.history().withoutDue(), since, observed.generation());
  }

  /// An instance whose past is not known does not owe restarts that were asked for in it.
  private void learnGeneration() {
    if (observed.generation() == Observed.GENERATION_UNKNOWN
        && desired instanceof Desired.Run(AssignedInstance instance)) {
      observed = observed.withGeneration(instance.getRestartGeneration());
      status.fulfilled(instance.getRestartGeneration());
    }
  }

  private void judge(AssignedInstance instance) {
    long now = context.clock().millis();
    RestartRules.End end = endOf(now);
    observed.exited().ifPresent(exited -> judgedFinish = exited.finishTime());
    switch (RestartRules.judge(instance, end, observed.history(), now)) {
      case RestartRules.Judgement.Again(RestartHistory history, long wait, String message) -> {
        observed = observed.again(history);
        status.waitsForRestart(wait, message);
      }
      case RestartRules.Judgement.Over(Outcome outcome) -> end(outcome);
    }
  }

  private RestartRules.End endOf(long now) {
    long ran = now - observed.run().startedMillis();
    Optional<RunState.Exited> exited = observed.exited();
    if (exited.isEmpty()) {
      return new RestartRules.End(
          OptionalInt.empty(), ran, "Vanished", "what it ran in was removed by someone else");
    }
    RunState.Exited end = exited.get();
    String message =
        end.outOfMemory()
            ? "it ran out of memory (exit code " + end.exitCode() + "); raise its memory limit"
            : end.problem().isEmpty() ? "it ended with exit code " + end.exitCode() : end.problem();
    return new RestartRules.End(
        OptionalInt.of(end.exitCode()), ran, end.outOfMemory() ? "OutOfMemory" : "", message);
  }

  private void end(Outcome outcome) {
    observed = observed.end(outcome);
    status.ended(outcome);
  }

  private void failed(Step step, Failure failure) {
    if (inbox.hasDesire()) {
      return;
    }
    if (observed.retry().isEmpty()) {
      // The first of many: what follows is in the status.
      LOG.warn("instance {}: {}: {}", id, failure.reason(), Printable.escape(failure.message()));
    }
    if (observed.outcome().isEmpty()) {
      status.explain(failure.reason(), failure.message());
      complained = true;
    }
    boolean giveUp =
        switch (failure) {
          case Failure.Permanent _ -> true;
          case Failure.Retryable _ -> step instanceof Step.Prepare && triedLongEnough();
        };
    if (giveUp && endsWith(step)) {
      end(new Outcome(InstanceState.INSTANCE_STATE_FAILED, failure.reason(), failure.message()));
      return;
    }
    if (step instanceof Step.Prepare) {
      status.advance(InstanceState.INSTANCE_STATE_PREPARING);
    }
    observed = observed.retryAt(Optional.of(calls.retry(observed.retry())));
  }

  /// Only what has not been started can fail for good: about all else, nobody knows.
  private boolean endsWith(Step step) {
    return desired instanceof Desired.Run
        && (step instanceof Step.Prepare || step instanceof Step.Start);
  }

  private boolean triedLongEnough() {
    return observed.retry().isPresent()
        && context.clock().millis() - observed.retry().get().firstMillis()
            >= SupervisorContext.PREPARE_LIMIT.toMillis();
  }

  private void publish() {
    InstanceSnapshot now = snapshot();
    if (!now.equals(published)) {
      published = now;
      meter.observe(now.status());
      context.listener().changed(now);
    }
  }
}
