package dev.berth.controller.core;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.v1.DesiredState;

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

  /// A final instance whose slot is to be filled again.
  static InstanceRecord superseded(InstanceRecord instance) {
    return instance.with(instance.attempt().supersede());
  }
}
