package dev.berth.controller.core;

import dev.berth.controller.core.model.Explanation;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceStatus;

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
  static InstanceRecord startedAgain(
      InstanceRecord stopped, InstanceStatus assigned, Explanation why) {
    Instance message = stopped.message();
    return new InstanceRecord(
        message.toBuilder()
            .setDesiredState(DesiredState.DESIRED_STATE_RUN)
            .setStartGeneration(message.getStartGeneration() + 1)
            .setStatus(assigned.toBuilder().setStartGeneration(message.getStartGeneration() + 1))
            .build(),
        new InstanceRecord.Attempt(stopped.attempt().number(), 0, 0, false),
        stopped.reserved(),
        stopped.restartGeneration(),
        null,
        InstanceRecord.Timing.NONE,
        why);
  }

  /// A final instance whose slot is to be filled again.
  static InstanceRecord superseded(InstanceRecord instance) {
    return instance.with(instance.attempt().supersede());
  }
}
