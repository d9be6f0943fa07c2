package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.DesiredState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Compares what a workload should have with what it has. Pure: the same state and time give the
/// same plan.
public final class WorkloadReconciler {
  /// Reason of instances that wait for their lost node to return.
  public static final String NODE_LOST = "NodeLost";

  // How often it is looked whether a node has room by now: nobody says so.
  private static final long ROOM_MILLIS = 10_000;

  private final LostNodes lost;

  /// @param fenceMillis time without acknowledged contact after which agents stop instances that
  ///     are to be fenced
  public WorkloadReconciler(long fenceMillis) {
    this.lost = new LostNodes(fenceMillis);
  }

  /// The steps that bring the workload nearer to what is desired.
  ///
  /// @param now monotonic milliseconds
  public WorkloadPlan plan(ClusterState state, WorkloadRecord workload, long now) {
    List<SlotStep> steps = new ArrayList<>();
    Alarm alarm = new Alarm();
    Predicate<InstanceRecord> givenUp =
        instance -> lost.isGivenUp(state, workload, instance, now, alarm);
    List<SlotView> slots = slots(state, workload);
    boolean left = false;
    for (SlotView slot : slots) {
      giveUp(state, slot, givenUp, steps);
      if (workload.message().getDeleting()
          || slot.slot() > workload.message().getSpec().getReplicas()) {
        left |= clear(slot, givenUp, steps);
      } else {
        tidy(slot, steps);
        if (workload.wants(slot.slot())) {
          fill(state, workload, slot, now, alarm, steps);
        } else {
          stopAll(slot, steps);
        }
      }
    }
    InstanceRecord outdated = RolloutPlanner.next(workload, slots, now, alarm);
    if (outdated != null && !givenUp.test(outdated)) {
      SlotStep step = InPlace.step(state, workload, outdated);
      if (step instanceof SlotStep.AwaitRoom) {
        alarm.at(now + ROOM_MILLIS);
      }
      steps.add(step);
    }
    return new WorkloadPlan(steps, workload.message().getDeleting() && !left, alarm.atMillis());
  }

  /// All slots that should be or have something, in order. The state has instances by slot.
  private static List<SlotView> slots(ClusterState state, WorkloadRecord workload) {
    int wanted = workload.message().getDeleting() ? 0 : workload.message().getSpec().getReplicas();
    List<SlotView> views = new ArrayList<>(wanted);
    int next = 1;
    List<InstanceRecord> same = new ArrayList<>(2);
    for (InstanceRecord instance : state.instancesOf(workload.key())) {
      if (!same.isEmpty() && same.getFirst().slot() != instance.slot()) {
        next = addUpTo(same.getFirst().slot(), next, wanted, same, views);
      }
      same.add(instance);
    }
    if (!same.isEmpty()) {
      next = addUpTo(same.getFirst().slot(), next, wanted, same, views);
    }
    for (int slot = next; slot <= wanted; slot++) {
      views.add(SlotView.of(slot, List.of()));
    }
    return views;
  }

  /// Adds the slot and the empty ones before it, and forgets its instances.
  private static int addUpTo(
      int slot, int next, int wanted, List<InstanceRecord> instances, List<SlotView> views) {
    for (int empty = next; empty < slot && empty <= wanted; empty++) {
      views.add(SlotView.of(empty, List.of()));
    }
    views.add(SlotView.of(slot, instances));
    instances.clear();
    return slot + 1;
  }

  /// Instances of lost nodes: given up, or held until the node returns.
  private static void giveUp(
      ClusterState state, SlotView slot, Predicate<InstanceRecord> givenUp, List<SlotStep> steps) {
    for (InstanceRecord instance : slot.active()) {
      if (givenUp.test(instance)) {
        steps.add(new SlotStep.Lose(instance));
      } else if (LostNodes.isOnLostNode(state, instance)
          && !instance.message().getStatus().getReason().equals(NODE_LOST)) {
        steps.add(new SlotStep.Hold(instance));
      }
    }
  }

  /// Stops what is active and forgets the rest. True when something must still end.
  private static boolean clear(
      SlotView slot, Predicate<InstanceRecord> givenUp, List<SlotStep> steps) {
    if (slot.waiting() != null) {
      steps.add(new SlotStep.Forget(slot.waiting()));
    }
    boolean left = false;
    for (InstanceRecord instance : slot.active()) {
      if (givenUp.test(instance)) {
        steps.add(new SlotStep.Forget(instance));
      } else {
        left = true;
        stop(instance, steps);
      }
    }
    for (InstanceRecord instance : slot.ended()) {
      steps.add(new SlotStep.Forget(instance));
    }
    return left;
  }

  /// One final instance a slot is kept for its logs and exit code.
  private static void tidy(SlotView slot, List<SlotStep> steps) {
    for (int i = 1; i < slot.ended().size(); i++) {
      steps.add(new SlotStep.Forget(slot.ended().get(i)));
    }
  }

  private static void stopAll(SlotView slot, List<SlotStep> steps) {
    if (slot.waiting() != null) {
      steps.add(new SlotStep.Forget(slot.waiting()));
    }
    for (InstanceRecord instance : slot.active()) {
      stop(instance, steps);
    }
  }

  private static void stop(InstanceRecord instance, List<SlotStep> steps) {
    if (instance.message().getDesiredState() != DesiredState.DESIRED_STATE_STOP) {
      steps.add(new SlotStep.Stop(instance));
    }
  }

  private static void fill(
      ClusterState state,
      WorkloadRecord workload,
      SlotView slot,
      long now,
      Alarm alarm,
      List<SlotStep> steps) {
    for (int i = 1; i < slot.active().size(); i++) {
      stop(slot.active().get(i), steps);
    }
    if (!slot.active().isEmpty() || SlotRules.isDone(workload, slot)) {
      return;
    }
    long due = SlotRules.dueAt(workload, slot);
    if (now < due) {
      alarm.at(due);
      return;
    }
    steps.add(
        new SlotStep.Place(
            slot.slot(),
            SlotRules.nextAttempt(workload, slot),
            slot.last(),
            slot.waiting(),
            SlotRules.kept(state, workload, slot)));
  }
}
