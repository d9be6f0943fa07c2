package dev.berth.controller.core;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.InstanceRecord.Timing;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.DesiredState;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Event;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StateTransition;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes over what agents say of their instances: never backwards, never about another node's.
final class StatusReports {
  private static final int REASON_CHARS = 64;
  private static final int MESSAGE_CHARS = 1_000;
  private static final int RUNTIME_ID_CHARS = 256;
  private static final int TRANSITIONS_MAX = 12;

  private StatusReports() {}

  /// Null when all could be taken or ignored; else why the session must end.
  static @Nullable Refusal accept(Draft draft, String node, List<InstanceReport> reports) {
    for (InstanceReport report : reports) {
      InstanceRecord instance = draft.state().instance(report.getInstanceId());
      if (instance == null) {
        // A stray that the node is about to remove.
        continue;
      }
      if (!instance.node().equals(node)) {
        return new Refusal(
            RefusalCode.PERMISSION_DENIED,
            "instance %s is not on node %s".formatted(report.getInstanceId(), node));
      }
      InstanceState state = report.getStatus().getState();
      if (!isAgents(state)) {
        return new Refusal(
            RefusalCode.FAILED_PRECONDITION,
            "instances[%s].status.state: value: %d (expected: a state that agents write)"
                .formatted(report.getInstanceId(), report.getStatus().getStateValue()));
      }
      if (isNews(instance, report.getStatus())) {
        take(draft, instance, report.getStatus());
      }
    }
    return null;
  }

  /// What was said before a stopped instance was started again may come after it.
  private static boolean isNews(InstanceRecord instance, InstanceStatus reported) {
    return !instance.isFinal()
        && reported.getStartGeneration() >= instance.message().getStartGeneration()
        && reported.getStateValue() >= instance.state().getNumber();
  }

  private static boolean isAgents(InstanceState state) {
    return switch (state) {
      case INSTANCE_STATE_ASSIGNED,
          INSTANCE_STATE_PREPARING,
          INSTANCE_STATE_STARTING,
          INSTANCE_STATE_RUNNING,
          INSTANCE_STATE_STOPPING,
          INSTANCE_STATE_COMPLETE,
          INSTANCE_STATE_FAILED,
          INSTANCE_STATE_STOPPED,
          INSTANCE_STATE_REJECTED ->
          true;
      case INSTANCE_STATE_UNSPECIFIED, INSTANCE_STATE_PENDING, INSTANCE_STATE_LOST, UNRECOGNIZED ->
          false;
    };
  }

  private static void take(Draft draft, InstanceRecord before, InstanceStatus reported) {
    InstanceStatus status = bounded(before, reported);
    if (status.equals(before.message().getStatus())) {
      return;
    }
    InstanceRecord after = timed(draft, before, status);
    if (after.isFinal()) {
      draft.apply(new Mutation.PutInstance(Instances.ended(after, draft.now())));
      draft.reconcile(after.workload());
      draft.roomMade();
    } else {
      draft.apply(new Mutation.ObserveInstance(after));
      WorkloadRecord workload = draft.state().workload(after.workload());
      if (workload != null && !workload.olderSpecs().isEmpty()) {
        // A roll-out may wait for it.
        draft.reconcile(after.workload());
      }
    }
    tell(draft, before, after);
    tellOfDelay(draft, before, after);
  }

  private static InstanceRecord timed(Draft draft, InstanceRecord before, InstanceStatus status) {
    long since = before.timing().runningSince();
    if (status.getState() == InstanceState.INSTANCE_STATE_RUNNING
        && (since == 0
            || status.getRestarts() != before.message().getStatus().getRestarts()
            || !status.getStartTime().equals(before.message().getStatus().getStartTime()))) {
      since = draft.now().monotonicMillis();
    }
    return before.with(status).with(new Timing(since, before.timing().finalSince()));
  }

  /// What was reported, within bounds, after the transitions that the controller wrote itself.
  private static InstanceStatus bounded(InstanceRecord before, InstanceStatus reported) {
    InstanceStatus.Builder status =
        reported.toBuilder()
            .setReason(cut(reported.getReason(), REASON_CHARS))
            .setMessage(cut(reported.getMessage(), MESSAGE_CHARS))
            .setRuntimeId(cut(reported.getRuntimeId(), RUNTIME_ID_CHARS))
            .setNote(cut(reported.getNote(), MESSAGE_CHARS))
            .setDriver(cut(reported.getDriver(), REASON_CHARS))
            .clearTransitions();
    BootPhases.bound(status, before.message().getStatus());
    for (StateTransition own : before.message().getStatus().getTransitionsList()) {
      if (isControllers(own)) {
        status.addTransitions(own);
      }
    }
    for (StateTransition theirs : reported.getTransitionsList()) {
      if (isAgents(theirs.getState())
          && !isControllers(theirs)
          && status.getTransitionsCount() < TRANSITIONS_MAX) {
        status.addTransitions(theirs);
      }
    }
    return status.build();
  }

  // By number: an unknown state has no other.
  private static boolean isControllers(StateTransition transition) {
    return transition.getStateValue() <= InstanceState.INSTANCE_STATE_ASSIGNED_VALUE;
  }

  private static String cut(String text, int chars) {
    return text.length() <= chars ? text : text.substring(0, chars - 1) + "…";
  }

  private static void tell(Draft draft, InstanceRecord before, InstanceRecord after) {
    InstanceStatus status = after.message().getStatus();
    Event.Builder about = Draft.about(after);
    String name = after.message().getName();
    String why = status.getMessage().isEmpty() ? "" : ": " + status.getMessage();
    if (before.state() == after.state()) {
      if (status.getRestarts() > before.message().getStatus().getRestarts()) {
        draft.warn("Restarted", name + " was started again" + why, about);
      }
      return;
    }
    String exit = status.hasExitCode() ? " with exit code " + status.getExitCode() : "";
    switch (after.state()) {
      case INSTANCE_STATE_PREPARING -> draft.info("Preparing", name + " is prepared.", about);
      case INSTANCE_STATE_STARTING -> draft.info("Starting", name + " is started.", about);
      case INSTANCE_STATE_RUNNING -> draft.info("Running", name + " runs.", about);
      case INSTANCE_STATE_STOPPING -> draft.info("Stopping", name + " is stopped.", about);
      case INSTANCE_STATE_COMPLETE -> draft.info("Complete", name + " ended well.", about);
      case INSTANCE_STATE_STOPPED -> draft.info("Stopped", name + " was stopped" + exit, about);
      case INSTANCE_STATE_FAILED -> draft.warn("Failed", name + " failed" + exit + why, about);
      case INSTANCE_STATE_REJECTED ->
          draft.warn("Rejected", name + " was refused by its node" + why, about);
      case INSTANCE_STATE_UNSPECIFIED,
          INSTANCE_STATE_PENDING,
          INSTANCE_STATE_ASSIGNED,
          INSTANCE_STATE_LOST,
          UNRECOGNIZED -> {}
    }
  }

  /// Once, however often it is tried: each try is in the status.
  private static void tellOfDelay(Draft draft, InstanceRecord before, InstanceRecord after) {
    if (isDelayed(after) && !isDelayed(before)) {
      draft.warn(
          "Delayed",
          after.message().getName()
              + " is not ready yet and is tried again: "
              + after.message().getStatus().getMessage(),
          Draft.about(after));
    }
  }

  /// Whether its node could not prepare it at once, as when an image does not come: it goes on
  /// trying, and each try says its reason.
  private static boolean isDelayed(InstanceRecord instance) {
    return instance.state() == InstanceState.INSTANCE_STATE_PREPARING
        && !instance.message().getStatus().getReason().isEmpty();
  }

  /// Ends instances that had begun and that the agent's complete list does not know any more. A
  /// list made while a runtime could not be asked proves nothing.
  static void vanished(Draft draft, String node, Hello hello) {
    for (DriverDescription driver : hello.getDescription().getDriversList()) {
      if (!driver.getAvailable()) {
        return;
      }
    }
    Set<String> known = new HashSet<>();
    hello.getInstancesList().forEach(report -> known.add(report.getInstanceId()));
    for (InstanceRecord instance : List.copyOf(draft.state().usage(node).instances().values())) {
      if (instance.isFinal() || known.contains(instance.id())) {
        continue;
      }
      boolean stop = instance.message().getDesiredState() == DesiredState.DESIRED_STATE_STOP;
      boolean begun = instance.state().getNumber() > InstanceState.INSTANCE_STATE_ASSIGNED_VALUE;
      if (begun || stop) {
        take(
            draft,
            instance,
            instance.message().getStatus().toBuilder()
                .setState(
                    stop
                        ? InstanceState.INSTANCE_STATE_STOPPED
                        : InstanceState.INSTANCE_STATE_FAILED)
                .setReason("Vanished")
                .setMessage("Its node does not know it any more.")
                .build());
      }
    }
  }
}
