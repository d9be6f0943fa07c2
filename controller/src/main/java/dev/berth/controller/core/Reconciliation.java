package dev.berth.controller.core;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Wakeup;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.core.reconcile.Budgets;
import dev.berth.controller.core.reconcile.SlotStep;
import dev.berth.controller.core.reconcile.WorkloadPlan;
import dev.berth.controller.core.reconcile.WorkloadReconciler;
import dev.berth.controller.core.schedule.Fleet;
import dev.berth.controller.core.schedule.KindOf;
import dev.berth.controller.core.schedule.Placement;
import dev.berth.controller.core.schedule.PlacementRequest;
import dev.berth.controller.core.schedule.Scheduler;
import dev.berth.spec.Names;
import dev.berth.spec.Quantity;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Resources;
import dev.berth.v1.StateTransition;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Carries out the plans for workloads: places, stops, gives up and forgets instances.
final class Reconciliation {
  // More are told of in one sentence: nobody reads a thousand.
  private static final int TOLD_ONE_BY_ONE = 20;

  private static final String NO_ROOM = "NoRoomToGrow";
  private static final String PREEMPTING = "Preempting";

  private final WorkloadReconciler reconciler;
  private final Scheduler scheduler;

  Reconciliation(WorkloadReconciler reconciler, Scheduler scheduler) {
    this.reconciler = reconciler;
    this.scheduler = scheduler;
  }

  /// The nodes as the scheduler sees them.
  Fleet fleet() {
    return scheduler.fleet();
  }

  /// Looks at what asked for it, and at what waits for a node when room was made.
  void settle(Draft draft) {
    boolean retry = draft.takeRoomMade();
    var keys = draft.takeToReconcile();
    // Each round can only make room by forgetting or giving up instances, of which it leaves fewer.
    while (retry || !keys.isEmpty()) {
      var all = new TreeSet<>(keys);
      if (retry) {
        draft.state().pending().values().forEach(waiting -> all.add(waiting.workload()));
      }
      for (WorkloadKey key : Precedence.inOrder(all, draft.state())) {
        reconcile(draft, key, retry);
      }
      retry = draft.takeRoomMade();
      keys = draft.takeToReconcile();
    }
  }

  private void reconcile(Draft draft, WorkloadKey key, boolean retry) {
    WorkloadRecord workload = draft.state().workload(key);
    if (workload == null) {
      return;
    }
    long now = draft.now().monotonicMillis();
    WorkloadPlan plan = reconciler.plan(draft.state(), workload, now);
    lookAgain(draft, key, plan.againAtMillis());
    List<SlotStep.Place> toPlace = new ArrayList<>();
    for (SlotStep step : plan.steps()) {
      switch (step) {
        case SlotStep.Place place -> {
          if (isDue(workload, place, retry)) {
            toPlace.add(place);
          }
        }
        case SlotStep.Stop stop ->
            draft.apply(new Mutation.PutInstance(stop.instance().stopping(null)));
        case SlotStep.Resize resize -> resize(draft, workload, resize.instance());
        case SlotStep.AwaitRoom waits -> awaitRoom(draft, workload, waits.instance());
        case SlotStep.Forget forget -> forget(draft, forget.instance());
        case SlotStep.Lose lose -> lose(draft, lose.instance());
        case SlotStep.Hold hold -> hold(draft, hold.instance());
      }
    }
    if (!toPlace.isEmpty()) {
      place(draft, workload, toPlace);
    }
    if (plan.finished()) {
      draft.apply(new Mutation.RemoveWorkload(key));
      draft.info("Deleted", "Workload " + key + " is gone.", Draft.about(key));
    }
  }

  private static void lookAgain(Draft draft, WorkloadKey key, long atMillis) {
    Wakeup known = draft.state().wakeup(key);
    if (atMillis == WorkloadPlan.NEVER) {
      if (known != null) {
        draft.apply(new Mutation.RemoveWakeup(key));
      }
    } else if (known == null || known.atMillis() != atMillis) {
      draft.apply(new Mutation.PutWakeup(new Wakeup(atMillis, key)));
    }
  }

  private void resize(Draft draft, WorkloadRecord workload, InstanceRecord instance) {
    InstanceRecord resized = Instances.resized(instance, workload.message());
    if (!scheduler.quotaAllows(draft.state(), instance, resized)) {
      draft.apply(new Mutation.PutInstance(instance.stopping(null)));
      return;
    }
    draft.apply(new Mutation.PutInstance(resized));
    draft.info(
        "Resized",
        "%s is given %s CPU and %s of memory where it is."
            .formatted(
                instance.message().getName(),
                Quantity.formatCpu(resized.reserved().getCpuMillis()),
                Quantity.roundedMemory(resized.reserved().getMemoryBytes())),
        Draft.about(resized));
    if (resized.reserved().getCpuMillis() < instance.reserved().getCpuMillis()
        || resized.reserved().getMemoryBytes() < instance.reserved().getMemoryBytes()) {
      draft.roomMade();
    }
  }

  private static void awaitRoom(Draft draft, WorkloadRecord workload, InstanceRecord instance) {
    if (instance.message().getStatus().getReason().equals(NO_ROOM)) {
      return;
    }
    Resources wanted = WorkloadDefaults.requested(workload.message().getSpec());
    String message =
        "Node %s has no room for it with %s CPU and %s of memory; it goes on with what it has. Make room there, or ask for less."
            .formatted(
                instance.node(),
                Quantity.formatCpu(wanted.getCpuMillis()),
                Quantity.roundedMemory(wanted.getMemoryBytes()));
    InstanceStatus status =
        instance.message().getStatus().toBuilder().setReason(NO_ROOM).setMessage(message).build();
    draft.apply(new Mutation.ObserveInstance(instance.with(status)));
    draft.warn(NO_ROOM, message, Draft.about(instance));
  }

  private static void forget(Draft draft, InstanceRecord instance) {
    draft.apply(
        instance.node().isEmpty()
            ? new Mutation.RemovePending(instance.id())
            : new Mutation.RemoveInstance(instance.id(), instance.node()));
  }

  private static void lose(Draft draft, InstanceRecord instance) {
    String message =
        "Node " + instance.node() + " is lost. The program may still run there until it returns.";
    InstanceStatus status =
        entered(draft, instance.message().getStatus(), InstanceState.INSTANCE_STATE_LOST)
            .setReason(WorkloadReconciler.NODE_LOST)
            .setMessage(message)
            .build();
    InstanceRecord lost = Instances.ended(instance.with(status), draft.now());
    draft.apply(new Mutation.PutInstance(lost));
    draft.warn("Lost", message, Draft.about(lost));
    draft.reconcile(lost.workload());
    draft.roomMade();
  }

  private static void hold(Draft draft, InstanceRecord instance) {
    String message =
        "Node "
            + instance.node()
            + " is lost; by the workload's lost policy the slot waits: for its return, or until it"
            + " is certain that the program has ended there. If the host is dead: berth node"
            + " fence.";
    InstanceStatus status =
        instance.message().getStatus().toBuilder()
            .setReason(WorkloadReconciler.NODE_LOST)
            .setMessage(message)
            .build();
    draft.apply(new Mutation.ObserveInstance(instance.with(status)));
    draft.warn("Held", message, Draft.about(instance));
  }

  /// What waits is tried again only when something has changed that may help.
  private static boolean isDue(WorkloadRecord workload, SlotStep.Place step, boolean retry) {
    InstanceRecord waiting = step.waiting();
    return waiting == null
        || retry
        || waiting.message().getWorkloadRevision() != workload.message().getRevision();
  }

  private void place(Draft draft, WorkloadRecord workload, List<SlotStep.Place> steps) {
    PlacementRequest request =
        PlacementRequest.of(
            workload.key(),
            workload.message().getSpec(),
            steps.stream().map(step -> slot(draft, step)).toList());
    boolean explain =
        steps.stream().anyMatch(step -> isNews(draft, workload, step)) || draft.mayExplain();
    List<Placement> placements =
        scheduler.place(
            draft.state(),
            request,
            new Scheduler.Circumstances(new Budgets(draft.state())::left, explain),
            draft.random());
    boolean many = placements.size() > TOLD_ONE_BY_ONE;
    int placedCount = 0;
    boolean first = true;
    for (int i = 0; i < placements.size(); i++) {
      SlotStep.Place step = steps.get(i);
      if (!isNews(draft, workload, step) && waitsOn(step, placements.get(i))) {
        continue;
      }
      Instance.Builder message = message(draft, workload, step, request);
      switch (placements.get(i)) {
        case Placement.Placed placed -> {
          InstanceRecord assigned = assigned(draft, workload, message, step, request, placed);
          draft.apply(new Mutation.PutInstance(assigned));
          placedCount++;
          if (!many) {
            draft.info(
                "Assigned",
                assigned.message().getName() + " goes to node " + placed.node() + ".",
                Draft.about(assigned));
          }
        }
        case Placement.Preempting preempting when isWaitingThere(draft, step, preempting) -> {}
        case Placement.Preempting preempting -> {
          InstanceRecord waiting = record(draft, message, step, request, preempting);
          await(draft, waiting, PREEMPTING, preempting.message(), true);
          preempt(draft, waiting, preempting);
        }
        case Placement.Unplaced unplaced -> {
          InstanceRecord waiting = record(draft, message, step, request, unplaced);
          await(draft, waiting, unplaced.reason(), unplaced.message(), first);
          if (draft.state().nominations().containsKey(waiting.id())) {
            draft.apply(new Mutation.Nominate(waiting.id(), ""));
          }
          first = false;
        }
      }
    }
    if (many && placedCount > 0) {
      draft.info(
          "Assigned",
          placedCount + " slots of " + workload.key() + " have nodes.",
          Draft.about(workload.key()));
    }
  }

  /// Whether something is to be said of a slot even if it waits as before: it is new, or its spec
  /// is, or room was being made for it.
  private static boolean isNews(Draft draft, WorkloadRecord workload, SlotStep.Place step) {
    InstanceRecord waiting = step.waiting();
    return waiting == null
        || waiting.message().getWorkloadRevision() != workload.message().getRevision()
        || draft.state().nominations().containsKey(waiting.id());
  }

  /// Whether a slot goes on waiting for what it waited for.
  private static boolean waitsOn(SlotStep.Place step, Placement placement) {
    InstanceRecord waiting = step.waiting();
    return waiting != null
        && placement instanceof Placement.Unplaced unplaced
        && (unplaced.message().isEmpty()
            || unplaced.message().equals(waiting.message().getStatus().getMessage()));
  }

  private static PlacementRequest.Slot slot(Draft draft, SlotStep.Place step) {
    InstanceRecord waiting = step.waiting();
    return new PlacementRequest.Slot(
        step.slot(),
        step.previous(),
        waiting == null ? null : draft.state().nominations().get(waiting.id()),
        step.kept());
  }

  /// Whether nothing is new: the slot waits for that room already, and what it says is still so.
  private static boolean isWaitingThere(
      Draft draft, SlotStep.Place step, Placement.Preempting preempting) {
    InstanceRecord waiting = step.waiting();
    return waiting != null
        && preempting.victims().isEmpty()
        && preempting.node().equals(draft.state().nominations().get(waiting.id()))
        && waiting.message().getStatus().getReason().equals(PREEMPTING);
  }

  /// Stops instances of less priority and keeps their room.
  private static void preempt(
      Draft draft, InstanceRecord waiting, Placement.Preempting preempting) {
    for (InstanceRecord victim : preempting.victims()) {
      draft.apply(new Mutation.PutInstance(victim.stopping(null)));
      draft.warn(
          "Preempted",
          victim.message().getName()
              + " makes room for "
              + waiting.message().getName()
              + ", which has more priority.",
          Draft.about(victim));
    }
    if (!preempting.node().equals(draft.state().nominations().get(waiting.id()))) {
      draft.apply(new Mutation.Nominate(waiting.id(), preempting.node()));
    }
  }

  /// The slot's instance before it is known where it goes: a new one, or the one that waits.
  private static Instance.Builder message(
      Draft draft, WorkloadRecord workload, SlotStep.Place step, PlacementRequest request) {
    InstanceRecord waiting = step.waiting();
    Instance.Builder message =
        waiting == null
            ? Instance.newBuilder().setId(draft.newInstanceId()).setCreateTime(draft.timestamp())
            : waiting.message().toBuilder();
    return message
        .setNamespace(workload.key().namespace())
        .setWorkload(workload.key().name())
        .setWorkloadUid(workload.message().getUid())
        .setSlot(step.slot())
        .setName(Names.slotName(workload.key().name(), step.slot()))
        .setWorkloadRevision(workload.message().getRevision())
        .setKind(KindOf.spec(request.spec()))
        .setDesiredState(DesiredState.DESIRED_STATE_RUN)
        .setImage(image(request.spec()));
  }

  private static String image(WorkloadSpec spec) {
    return switch (spec.getRuntimeCase()) {
      case CONTAINER -> spec.getContainer().getImage();
      case VM ->
          spec.getVm().hasDisk()
              ? spec.getVm().getDisk().getImage()
              : spec.getVm().getKernel().getImage();
      // What people look for in a list: the program.
      case PROCESS -> spec.getProcess().getCommand(0);
      case RUNTIME_NOT_SET -> "";
    };
  }

  private static InstanceRecord record(
      Draft draft,
      Instance.Builder message,
      SlotStep.Place step,
      PlacementRequest request,
      Placement placement) {
    return new InstanceRecord(
        message.build(),
        step.attempt(),
        request.requested(),
        0,
        null,
        InstanceRecord.Timing.NONE,
        placement.explanation().at(draft.timestamp()));
  }

  /// The instance with its node: the one that was stopped there, or another one.
  private static InstanceRecord assigned(
      Draft draft,
      WorkloadRecord workload,
      Instance.Builder message,
      SlotStep.Place step,
      PlacementRequest request,
      Placement.Placed placed) {
    InstanceRecord kept = step.kept();
    if (kept != null && isWhere(kept, placed)) {
      InstanceRecord waiting = step.waiting();
      if (waiting != null) {
        draft.apply(new Mutation.RemovePending(waiting.id()));
      }
      return Instances.startedAgain(
          kept,
          workload.message(),
          draft.assignedNow(),
          placed.explanation().at(draft.timestamp()));
    }
    assign(draft, message, placed);
    return record(draft, message, step, request, placed);
  }

  private static boolean isWhere(InstanceRecord kept, Placement.Placed placed) {
    return placed.node().equals(kept.node())
        && placed.ports().equals(kept.message().getPortsList())
        && placed.devices().equals(kept.message().getDevicesList());
  }

  private static void assign(Draft draft, Instance.Builder message, Placement.Placed placed) {
    message
        .setStatus(
            message.hasStatus()
                ? entered(draft, message.getStatus(), InstanceState.INSTANCE_STATE_ASSIGNED)
                    .clearReason()
                    .clearMessage()
                    .build()
                : draft.assignedNow())
        .setNode(placed.node())
        .addAllPorts(placed.ports())
        .addAllDevices(placed.devices());
  }

  private static void await(
      Draft draft, InstanceRecord instance, String reason, String message, boolean tell) {
    InstanceStatus before = instance.message().getStatus();
    boolean isNew = before.getState() != InstanceState.INSTANCE_STATE_PENDING;
    InstanceStatus.Builder status =
        isNew ? entered(draft, before, InstanceState.INSTANCE_STATE_PENDING) : before.toBuilder();
    status.setReason(reason).setMessage(message);
    InstanceRecord known = draft.state().instance(instance.id());
    boolean revised =
        known != null
            && known.message().getWorkloadRevision() != instance.message().getWorkloadRevision();
    if (isNew || revised || !status.build().equals(before)) {
      InstanceRecord waiting = instance.with(status.build());
      draft.apply(new Mutation.PutPending(waiting));
      if (isNew && tell) {
        draft.warn("Pending", message, Draft.about(waiting));
      }
    }
  }

  private static InstanceStatus.Builder entered(
      Draft draft, InstanceStatus before, InstanceState state) {
    return before.toBuilder()
        .setState(state)
        .addTransitions(StateTransition.newBuilder().setState(state).setTime(draft.timestamp()));
  }
}
