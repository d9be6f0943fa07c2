package dev.berth.agent.instance;

import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import java.util.Optional;

/// An instance at one moment.
///
/// @param instanceId its id
/// @param desired what is wanted of it
/// @param status as it is reported
/// @param history of its restarts
/// @param handle its object in the runtime; empty when none is known
/// @param running whether its program is known to run
public record InstanceSnapshot(
    String instanceId,
    Desired desired,
    InstanceStatus status,
    RestartHistory history,
    Optional<RuntimeHandle> handle,
    boolean running) {
  /// Whether its status is final.
  public boolean ended() {
    return status.getState().getNumber() > InstanceState.INSTANCE_STATE_STOPPING.getNumber();
  }
}
