package dev.berth.controller.core.model;

import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import dev.berth.v1.KindCount;
import dev.berth.v1.Namespace;
import dev.berth.v1.Node;
import dev.berth.v1.Resources;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadStatus;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What users read of the state: stored objects with what is computed when read.
public final class Views {
  private Views() {}

  /// A workload with its status.
  public static Workload workload(ClusterState state, WorkloadRecord workload) {
    return workload.message().toBuilder().setStatus(status(state, workload)).build();
  }

  /// Counts of a workload's slots.
  public static WorkloadStatus status(ClusterState state, WorkloadRecord workload) {
    WorkloadStatus.Builder status = WorkloadStatus.newBuilder();
    for (int slot = 1; slot <= workload.message().getSpec().getReplicas(); slot++) {
      if (workload.wants(slot)) {
        status.setDesired(status.getDesired() + 1);
      }
    }
    int last = 0;
    for (InstanceRecord instance : state.instancesOf(workload.key())) {
      boolean newest = instance.slot() != last;
      last = instance.slot();
      count(status, instance, newest);
      if (!instance.isFinal()
          && instance.message().getWorkloadRevision() != workload.message().getRevision()) {
        status.setOutdated(status.getOutdated() + 1);
      }
    }
    return status.build();
  }

  private static void count(
      WorkloadStatus.Builder status, InstanceRecord instance, boolean newest) {
    InstanceState state = instance.state();
    if (state == InstanceState.INSTANCE_STATE_RUNNING) {
      status.setRunning(status.getRunning() + 1);
    } else if (state == InstanceState.INSTANCE_STATE_PENDING) {
      status.setPending(status.getPending() + 1);
    } else if (newest && state == InstanceState.INSTANCE_STATE_COMPLETE) {
      status.setComplete(status.getComplete() + 1);
    } else if (newest
        && (state == InstanceState.INSTANCE_STATE_FAILED
            || state == InstanceState.INSTANCE_STATE_REJECTED
            || state == InstanceState.INSTANCE_STATE_LOST)) {
      status.setFailed(status.getFailed() + 1);
    }
  }

  /// A node with its state and what is reserved on it.
  public static Node node(ClusterState state, NodeRecord node) {
    NodeUsage usage = state.usage(node.name());
    NodeRecord.Liveness liveness = node.liveness();
    Node.Builder view =
        node.message().toBuilder()
            .setState(liveness.state())
            .setMessage(liveness.note())
            .setAllocated(
                Resources.newBuilder()
                    .setCpuMillis(usage.cpuMillis())
                    .setMemoryBytes(usage.memoryBytes()))
            .setInstances(usage.active())
            .addAllInstanceKinds(kinds(usage));
    if (liveness.heardTime() != null) {
      view.setLastHeardTime(liveness.heardTime());
    }
    return view.build();
  }

  private static List<KindCount> kinds(NodeUsage usage) {
    SortedMap<Kind, Integer> counts = new TreeMap<>();
    for (InstanceRecord instance : usage.instances().values()) {
      if (!instance.isFinal()) {
        counts.merge(instance.message().getKind(), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .map(
            each -> KindCount.newBuilder().setKind(each.getKey()).setCount(each.getValue()).build())
        .toList();
  }

  /// A namespace with what it uses, also one that is only known by its workloads.
  public static Namespace namespace(ClusterState state, String name) {
    NamespaceRecord stored = state.namespace(name);
    Namespace.Builder view =
        stored == null ? Namespace.newBuilder().setName(name) : stored.message().toBuilder();
    long cpu = 0;
    long memory = 0;
    int active = 0;
    int workloads = 0;
    for (WorkloadKey key : state.workloads().tailMap(new WorkloadKey(name, "")).keySet()) {
      if (!key.namespace().equals(name)) {
        break;
      }
      workloads++;
      for (InstanceRecord instance : state.instancesOf(key)) {
        if (!instance.isFinal() && !instance.isPending()) {
          cpu += instance.reserved().getCpuMillis();
          memory += instance.reserved().getMemoryBytes();
          active++;
        }
      }
    }
    return view.setReserved(Resources.newBuilder().setCpuMillis(cpu).setMemoryBytes(memory))
        .setInstances(active)
        .setWorkloads(workloads)
        .build();
  }

  /// An instance of a slot: the newest, or null when there never was one.
  public static @org.jspecify.annotations.Nullable InstanceRecord newest(
      Collection<InstanceRecord> ofSlot) {
    return ofSlot.isEmpty() ? null : ofSlot.iterator().next();
  }
}
