package dev.berth.simulation.check;

import dev.berth.store.v1.StoredGroup;
import dev.berth.store.v1.StoredInstance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.PortBinding;
import dev.berth.v1.Resources;
import java.util.HexFormat;
import java.util.List;

/// An instance as the store knows it.
///
/// @param id its identity
/// @param workload name of its workload
/// @param stop whether it is to be stopped
/// @param end how it ended; unspecified: it has not
/// @param reason why it ended
/// @param reserved what it reserves on its node
/// @param ports its host ports
/// @param restartGeneration grows with each restart that a user asked for
/// @param revision of the spec that it has
public record DurableInstance(
    String id,
    String workload,
    boolean stop,
    InstanceState end,
    String reason,
    Resources reserved,
    List<PortBinding> ports,
    long restartGeneration,
    long revision) {

  static DurableInstance of(StoredGroup group, StoredInstance stored) {
    return new DurableInstance(
        HexFormat.of().formatHex(stored.getId().toByteArray()),
        group.getWorkload(),
        stored.getStop(),
        stored.getOutcome().getState(),
        stored.getOutcome().getReason(),
        stored.hasReserved() ? stored.getReserved() : group.getReserved(),
        List.copyOf(stored.getPortsList()),
        stored.getRestartGeneration(),
        stored.getWorkloadRevision() != 0
            ? stored.getWorkloadRevision()
            : group.getWorkloadRevision());
  }

  /// Whether it has ended.
  public boolean isFinal() {
    return end != InstanceState.INSTANCE_STATE_UNSPECIFIED;
  }

  /// Whether it is to run.
  public boolean isWanted() {
    return !isFinal() && !stop;
  }
}
