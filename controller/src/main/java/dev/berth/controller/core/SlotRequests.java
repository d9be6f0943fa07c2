package dev.berth.controller.core;

import com.google.protobuf.Duration;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Views;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.InstanceState;
import dev.berth.v1.RestartWorkloadRequest;
import dev.berth.v1.StartWorkloadRequest;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.Workload;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Stops, starts and restarts slots on request.
final class SlotRequests {
  private static final long GRACE_SECONDS_MAX = 3_600;

  private SlotRequests() {}

  /// A workload and the slots that are meant, or why not.
  private record Target(WorkloadRecord workload, SortedSet<Integer> slots, boolean all) {}

  static Reply stop(Draft draft, StopWorkloadRequest request) {
    Duration grace = request.hasGrace() ? request.getGrace() : null;
    WorkloadKey key = Workloads.key(request.getNamespace(), request.getName());
    Reply refusal = refusal(draft, key, request.getSlotsList(), grace);
    if (refusal != null) {
      return refusal;
    }
    Target target = target(draft, key, request.getSlotsList());
    Workload.Builder message = target.workload().message().toBuilder();
    if (target.all()) {
      message.setStopped(true).clearStoppedSlots();
    } else if (!message.getStopped()) {
      SortedSet<Integer> stopped = new TreeSet<>(message.getStoppedSlotsList());
      stopped.addAll(target.slots());
      message.clearStoppedSlots().addAllStoppedSlots(stopped);
    }
    putIfChanged(draft, target.workload(), message, "Stopping");
    for (int slot : target.slots()) {
      for (InstanceRecord instance : draft.state().instancesOf(key, slot)) {
        if (!instance.isFinal() && !instance.isPending()) {
          draft.apply(new Mutation.PutInstance(instance.stopping(grace)));
        }
      }
    }
    draft.reconcile(key);
    return new Reply.OfWorkload(target.workload().message());
  }

  static Reply start(Draft draft, StartWorkloadRequest request) {
    WorkloadKey key = Workloads.key(request.getNamespace(), request.getName());
    Reply refusal = refusal(draft, key, request.getSlotsList(), null);
    if (refusal != null) {
      return refusal;
    }
    Target target = target(draft, key, request.getSlotsList());
    Workload.Builder message = target.workload().message().toBuilder();
    SortedSet<Integer> stopped = new TreeSet<>(message.getStoppedSlotsList());
    if (message.getStopped()) {
      stopped.addAll(all(target.workload()));
    }
    stopped.removeAll(target.slots());
    message.setStopped(false).clearStoppedSlots().addAllStoppedSlots(stopped);
    putIfChanged(draft, target.workload(), message, "Starting");
    runAgain(draft, key, target.slots());
    return new Reply.OfWorkload(target.workload().message());
  }

  static Reply restart(Draft draft, RestartWorkloadRequest request) {
    Duration grace = request.hasGrace() ? request.getGrace() : null;
    WorkloadKey key = Workloads.key(request.getNamespace(), request.getName());
    Reply refusal = refusal(draft, key, request.getSlotsList(), grace);
    if (refusal != null) {
      return refusal;
    }
    Target target = target(draft, key, request.getSlotsList());
    SortedSet<Integer> slots = new TreeSet<>(target.slots());
    slots.removeIf(slot -> !target.workload().wants(slot));
    if (slots.isEmpty() || (!target.all() && slots.size() < target.slots().size())) {
      return Reply.refused(
          RefusalCode.FAILED_PRECONDITION,
          "workload %s: slots are stopped; start them with \"berth start\"".formatted(key));
    }
    for (int slot : slots) {
      for (InstanceRecord instance : draft.state().instancesOf(key, slot)) {
        if (instance.isWanted() && !instance.isPending()) {
          draft.apply(new Mutation.PutInstance(instance.restarting(grace)));
        }
      }
    }
    draft.info("Restarting", "Workload " + key + " restarts on request.", Draft.about(key));
    runAgain(draft, key, slots);
    return new Reply.OfWorkload(target.workload().message());
  }

  /// Slots whose last instance ended get a new one, whatever their policy says.
  private static void runAgain(Draft draft, WorkloadKey key, SortedSet<Integer> slots) {
    for (int slot : slots) {
      InstanceRecord newest = Views.newest(draft.state().instancesOf(key, slot));
      if (newest != null
          && newest.isFinal()
          && newest.state() != InstanceState.INSTANCE_STATE_LOST
          && !newest.attempt().superseded()) {
        draft.apply(new Mutation.PutInstance(Instances.superseded(newest)));
      }
    }
    draft.reconcile(key);
  }

  private static void putIfChanged(
      Draft draft, WorkloadRecord before, Workload.Builder message, String reason) {
    if (!message.build().equals(before.message())) {
      draft.apply(new Mutation.PutWorkload(Workloads.changed(before, message, draft.now())));
      draft.info(reason, "Workload " + before.key() + ": on request.", Draft.about(before.key()));
    }
  }

  private static @Nullable Reply refusal(
      Draft draft, WorkloadKey key, List<Integer> slots, @Nullable Duration grace) {
    List<FieldViolation> violations = Workloads.checkKey(key, "");
    if (grace != null
        && (grace.getSeconds() < 0
            || grace.getNanos() < 0
            || grace.getNanos() >= 1_000_000_000
            || grace.getSeconds() + (grace.getNanos() > 0 ? 1 : 0) > GRACE_SECONDS_MAX)) {
      violations.add(
          new FieldViolation(
              "grace", "value: " + grace.getSeconds() + " s (expected: 0 s to 1 h)"));
    }
    WorkloadRecord workload = draft.state().workload(key);
    int replicas =
        workload == null ? Integer.MAX_VALUE : workload.message().getSpec().getReplicas();
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i) < 1 || slots.get(i) > replicas) {
        violations.add(
            new FieldViolation(
                "slots[" + i + "]",
                "value: " + slots.get(i) + " (expected: 1 to " + replicas + ")"));
      }
    }
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    if (workload == null) {
      return Workloads.notFound(key);
    }
    return workload.message().getDeleting() ? Workloads.deleting(key) : null;
  }

  private static Target target(Draft draft, WorkloadKey key, List<Integer> slots) {
    WorkloadRecord workload = java.util.Objects.requireNonNull(draft.state().workload(key));
    return slots.isEmpty()
        ? new Target(workload, all(workload), true)
        : new Target(workload, new TreeSet<>(slots), false);
  }

  private static SortedSet<Integer> all(WorkloadRecord workload) {
    SortedSet<Integer> slots = new TreeSet<>();
    for (int slot = 1; slot <= workload.message().getSpec().getReplicas(); slot++) {
      slots.add(slot);
    }
    return slots;
  }
}
