package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeUsage;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;

/// When a new revision can be given to the instance that is there: it differs in CPU and memory
/// alone, and its node has room and a driver that can.
final class InPlace {
  private static final String CAPABILITY = "resize";

  private InPlace() {}

  /// What is to be done about an outdated instance. Where there is no room, another instance takes
  /// its place elsewhere; but one that is held goes on with what it has: it is worth more than its
  /// size.
  static SlotStep step(ClusterState state, WorkloadRecord workload, InstanceRecord instance) {
    InstanceStatus status = instance.message().getStatus();
    WorkloadSpec before = workload.specAt(instance.message().getWorkloadRevision());
    NodeRecord node = state.node(instance.node());
    if (before == null
        || node == null
        || !node.isConnected()
        || status.getState() != InstanceState.INSTANCE_STATE_RUNNING
        || status.hasNextRestartTime()
        || !differsInSize(before, workload.message().getSpec())
        || !canResize(node, instance.message())) {
      return new SlotStep.Stop(instance);
    }
    if (hasRoom(node, state.usage(instance.node()), instance, workload)) {
      return new SlotStep.Resize(instance);
    }
    return workload.message().getSpec().getLostPolicy() == LostPolicy.LOST_POLICY_HOLD
        ? new SlotStep.AwaitRoom(instance)
        : new SlotStep.Stop(instance);
  }

  /// Whether an outdated instance that was stopped can be started as the workload's revision, if
  /// its node has the room.
  static boolean canStartAs(ClusterState state, WorkloadRecord workload, InstanceRecord stopped) {
    WorkloadSpec before = workload.specAt(stopped.message().getWorkloadRevision());
    NodeRecord node = state.node(stopped.node());
    return before != null
        && node != null
        && differsInSize(before, workload.message().getSpec())
        && canResize(node, stopped.message());
  }

  /// Whether an instance has the workload's revision, and not yet its resources.
  static boolean isUnderWay(InstanceRecord instance) {
    long has = instance.message().getStatus().getResourcesRevision();
    return has != 0 && has != instance.message().getWorkloadRevision();
  }

  /// A limit can be set where there was none; none can be taken away.
  private static boolean differsInSize(WorkloadSpec before, WorkloadSpec after) {
    Resources old = before.getResources();
    Resources now = after.getResources();
    return withoutSize(before).equals(withoutSize(after))
        && (old.getCpuMillis() == 0 || now.getCpuMillis() != 0)
        && (old.getMemoryBytes() == 0 || now.getMemoryBytes() != 0);
  }

  /// How many there are is no matter of one instance either.
  private static WorkloadSpec withoutSize(WorkloadSpec spec) {
    WorkloadSpec.Builder none = spec.toBuilder().clearReplicas();
    none.getResourcesBuilder().clearCpuMillis().clearMemoryBytes();
    return none.build();
  }

  /// Every driver that may have it: which one has it is not known at first.
  private static boolean canResize(NodeRecord node, Instance instance) {
    String name = instance.getStatus().getDriver();
    boolean some = false;
    for (DriverDescription driver : node.message().getDescription().getDriversList()) {
      if (driver.getKind() == instance.getKind()
          && (name.isEmpty() || driver.getName().equals(name))) {
        if (!driver.getAvailable() || !driver.getCapabilitiesList().contains(CAPABILITY)) {
          return false;
        }
        some = true;
      }
    }
    return some;
  }

  /// There is always room for less, also on a node that has become too small.
  private static boolean hasRoom(
      NodeRecord node, NodeUsage usage, InstanceRecord instance, WorkloadRecord workload) {
    Resources capacity = node.message().getDescription().getCapacity();
    Resources wanted = WorkloadDefaults.requested(workload.message().getSpec());
    long moreCpu = wanted.getCpuMillis() - instance.reserved().getCpuMillis();
    long moreMemory = wanted.getMemoryBytes() - instance.reserved().getMemoryBytes();
    return (moreCpu <= 0 || usage.cpuMillis() + moreCpu <= capacity.getCpuMillis())
        && (moreMemory <= 0 || usage.memoryBytes() + moreMemory <= capacity.getMemoryBytes());
  }
}
