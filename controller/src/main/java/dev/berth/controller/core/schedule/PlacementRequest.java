package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.InstanceState;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Slots of one workload that need nodes, all with the same wishes.
///
/// @param workload whose they are
/// @param spec what is to run
/// @param requested what each asks of its node
/// @param slots in the order in which they are placed
public record PlacementRequest(
    WorkloadKey workload, WorkloadSpec spec, Resources requested, List<Slot> slots) {
  /// A slot that needs a node.
  ///
  /// @param index from 1
  /// @param previous the instance that was in the slot before; null: there was none
  /// @param nominated the node where room is being made for it; null: nowhere
  /// @param kept the stopped instance that it goes on with where that is, with the same ports and
  ///     devices; null: it begins anew
  public record Slot(
      int index,
      @Nullable InstanceRecord previous,
      @Nullable String nominated,
      @Nullable InstanceRecord kept) {
    /// A slot for which no room is being made.
    public Slot(int index, @Nullable InstanceRecord previous) {
      this(index, previous, null);
    }

    /// A slot that begins anew.
    public Slot(int index, @Nullable InstanceRecord previous, @Nullable String nominated) {
      this(index, previous, nominated, null);
    }

    /// The node on which it failed last; null when there is none.
    @Nullable String avoided() {
      return previous != null
              && (previous.state() == InstanceState.INSTANCE_STATE_FAILED
                  || previous.state() == InstanceState.INSTANCE_STATE_REJECTED)
          ? previous.node()
          : null;
    }
  }

  /// Slots that ask for what the spec says.
  public static PlacementRequest of(WorkloadKey workload, WorkloadSpec spec, List<Slot> slots) {
    return new PlacementRequest(workload, spec, WorkloadDefaults.requested(spec), slots);
  }

  long cpuMillis() {
    return requested.getCpuMillis();
  }

  long memoryBytes() {
    return requested.getMemoryBytes();
  }

  List<DeviceCount> devices() {
    return requested.getDevicesList();
  }

  int dynamicPorts() {
    int count = 0;
    for (PortSpec port : spec.getPortsList()) {
      count += port.getPublish() == 0 ? 1 : 0;
    }
    return count;
  }
}
