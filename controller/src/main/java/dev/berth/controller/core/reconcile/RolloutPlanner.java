package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.Health;
import dev.berth.v1.InstanceState;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Brings a new revision to the slots, one at a time: the next one is replaced, or given other
/// resources, when the one before has run for 10 s, or has them. Slots that do not run go first.
final class RolloutPlanner {
  private static final long HEALTHY_AFTER_MILLIS = 10_000;

  private RolloutPlanner() {}

  /// The instance to stop, or to give the new revision, now; or null.
  static @Nullable InstanceRecord next(
      WorkloadRecord workload, Collection<SlotView> slots, long now, Alarm alarm) {
    InstanceRecord broken = null;
    InstanceRecord sound = null;
    for (SlotView slot : slots) {
      if (!workload.wants(slot.slot())) {
        continue;
      }
      InstanceRecord running = slot.running();
      if (slot.waiting() != null || slot.isStopping()) {
        return null;
      }
      if (running == null) {
        if (!SlotRules.isDone(workload, slot)) {
          return null;
        }
      } else if (!isOutdated(workload, running)) {
        if (InPlace.isUnderWay(running)) {
          return null;
        }
        if (!isHealthy(running, now)) {
          alarm.at(healthyAt(running));
          return null;
        }
      } else if (isHealthy(running, now)) {
        sound = sound == null ? running : sound;
      } else {
        broken = broken == null ? running : broken;
      }
    }
    return broken != null ? broken : sound;
  }

  static boolean isOutdated(WorkloadRecord workload, InstanceRecord instance) {
    return instance.message().getWorkloadRevision() != workload.message().getRevision();
  }

  /// When it has run for long enough, if it goes on so.
  private static long healthyAt(InstanceRecord instance) {
    return instance.timing().runningSince() == 0
        ? WorkloadPlan.NEVER
        : instance.timing().runningSince() + HEALTHY_AFTER_MILLIS;
  }

  private static boolean isHealthy(InstanceRecord instance, long now) {
    return instance.state() == InstanceState.INSTANCE_STATE_RUNNING
        && instance.message().getStatus().getHealth() != Health.HEALTH_UNHEALTHY
        && !instance.message().getStatus().hasNextRestartTime()
        && instance.timing().runningSince() != 0
        && now - instance.timing().runningSince() >= HEALTHY_AFTER_MILLIS;
  }
}
