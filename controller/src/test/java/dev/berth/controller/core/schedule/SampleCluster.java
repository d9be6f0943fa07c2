package dev.berth.controller.core.schedule;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Namespace;
import dev.berth.v1.Node;
import dev.berth.v1.NodeState;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// A state that tests change step by step, and a scheduler that follows each change.
final class SampleCluster {
  final Scheduler scheduler = new Scheduler();
  private ClusterState state = ClusterState.empty("cluster", 1);
  private int made;

  SampleCluster() {
    scheduler.fleet().standFor(state);
  }

  ClusterState state() {
    return state;
  }

  void put(Node.Builder node, NodeState nodeState, boolean connected) {
    NodeRecord.Session session = new NodeRecord.Session(connected ? 1 : 0, 0, 0, 0, 0);
    state =
        state.plus(
            new NodeRecord(
                node.build(), 1, new NodeRecord.Liveness(nodeState, "", 0, null, session)));
    scheduler.fleet().followNode(node.getName(), state);
  }

  void removeNode(String name) {
    for (InstanceRecord each : List.copyOf(state.usage(name).instances().values())) {
      remove(each);
    }
    state = state.minusNode(name);
    scheduler.fleet().followNode(name, state);
  }

  void put(WorkloadKey key, WorkloadSpec spec) {
    Workload message =
        Workload.newBuilder()
            .setNamespace(key.namespace())
            .setName(key.name())
            .setSpec(spec)
            .build();
    state = state.plus(new WorkloadRecord(message, 1, "", ByteString.EMPTY, TreePMap.empty()));
    scheduler.fleet().followWorkload(key, state);
  }

  void removeWorkload(WorkloadKey key) {
    for (InstanceRecord each : List.copyOf(state.instancesOf(key))) {
      remove(each);
    }
    state = state.minusWorkload(key);
    scheduler.fleet().followWorkload(key, state);
  }

  void put(Namespace namespace) {
    state = state.plus(new NamespaceRecord(namespace, 1));
    scheduler.fleet().followOther(state);
  }

  void put(InstanceRecord instance) {
    InstanceRecord before = state.instance(instance.id());
    state = state.replace(before, instance);
    scheduler.fleet().follow(before, instance, state);
  }

  void remove(InstanceRecord instance) {
    state = state.minus(instance);
    scheduler.fleet().follow(instance, null, state);
  }

  void nominate(InstanceRecord waiting, String node) {
    state = state.nominating(waiting.id(), node);
    scheduler.fleet().followNomination(waiting.id(), node, state);
  }

  /// The instance of a slot that was placed.
  InstanceRecord run(PlacementRequest request, int slot, Placement.Placed placed) {
    InstanceRecord instance =
        instance(
            request,
            slot,
            placed.node(),
            InstanceState.INSTANCE_STATE_RUNNING,
            Instance.newBuilder()
                .setId(waitingId(request.workload(), slot))
                .addAllPorts(placed.ports())
                .addAllDevices(placed.devices()));
    put(instance);
    return instance;
  }

  /// The instance of a slot that waits.
  InstanceRecord await(PlacementRequest request, int slot) {
    InstanceRecord instance =
        instance(
            request,
            slot,
            "",
            InstanceState.INSTANCE_STATE_PENDING,
            Instance.newBuilder().setId(waitingId(request.workload(), slot)));
    put(instance);
    return instance;
  }

  private String waitingId(WorkloadKey workload, int slot) {
    InstanceRecord waiting = waiting(workload, slot);
    return waiting != null ? waiting.id() : "i%05d".formatted(++made);
  }

  @Nullable InstanceRecord waiting(WorkloadKey workload, int slot) {
    for (InstanceRecord each : state.instancesOf(workload, slot)) {
      if (each.isPending()) {
        return each;
      }
    }
    return null;
  }

  private static InstanceRecord instance(
      PlacementRequest request,
      int slot,
      String node,
      InstanceState instanceState,
      Instance.Builder message) {
    return new InstanceRecord(
        message
            .setNamespace(request.workload().namespace())
            .setWorkload(request.workload().name())
            .setName(request.workload().name() + "." + slot)
            .setSlot(slot)
            .setNode(node)
            .setDesiredState(DesiredState.DESIRED_STATE_RUN)
            .setStatus(InstanceStatus.newBuilder().setState(instanceState))
            .build(),
        InstanceRecord.Attempt.FIRST,
        request.requested(),
        0,
        null,
        InstanceRecord.Timing.NONE,
        null);
  }
}
