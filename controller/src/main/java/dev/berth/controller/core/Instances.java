package dev.berth.controller.core;

import dev.berth.controller.core.model.Explanation;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Workload;

/// Changes that instances undergo in several places.
final class Instances {
  private Instances() {}

  /// An instance that has just become final: it is kept, stopped, for its logs and exit code.
  static InstanceRecord ended(InstanceRecord instance, Now now) {
    return instance
        .with(
            instance.message().toBuilder().setDesiredState(DesiredState.DESIRED_STATE_STOP).build())
        .with(new InstanceRecord.Timing(instance.timing().runningSince(), now.monotonicMillis()));
  }

  /// A stopped instance that goes on where it is, as one that was just assigned.
  ///
  /// @param workload whose present revision it has from now on
  static InstanceRecord startedAgain(
      InstanceRecord stopped, Workload workload, InstanceStatus assigned, Explanation why) {
    Instance message = stopped.message();
    return new InstanceRecord(
        message.toBuilder()
            .setDesiredState(DesiredState.DESIRED_STATE_RUN)
            .setWorkloadRevision(workload.getRevision())
            .setStartGeneration(message.getStartGeneration() + 1)
            .setStatus(assigned.toBuilder().setStartGeneration(message.getStartGeneration() + 1))
            .build(),
        new InstanceRecord.Attempt(stopped.attempt().number(), 0, 0, false),
        WorkloadDefaults.requested(workload.getSpec()),
        stopped.restartGeneration(),
        null,
        InstanceRecord.Timing.NONE,
        why);
  }

  /// An instance that is given the resources of a new revision where it is.
  static InstanceRecord resized(InstanceRecord instance, Workload workload) {
    return new InstanceRecord(
        instance.message().toBuilder().setWorkloadRevision(workload.getRevision()).build(),
        instance.attempt(),
        WorkloadDefaults.requested(workload.getSpec()),
        instance.restartGeneration(),
        instance.stopGrace(),
        instance.timing(),
        instance.explanation());
  }

  /// A final instance whose slot is to be filled again.
  static InstanceRecord superseded(InstanceRecord instance) {
    return instance.with(instance.attempt().supersede());
  }
}
