package dev.berth.controller.core;

import com.google.protobuf.Duration;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceChange;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.SealedLogin;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.ImageRules;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.InstanceState;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.WorkloadSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Tells agents what to run: one complete set a session, then changes that chain onto it.
final class Assignments {
  private static final int EPOCH_SHIFT = 24;

  private Assignments() {}

  /// Sends the complete set of a node's present session.
  static void sendAll(Draft draft, NodeRecord node) {
    long revision = next(draft.state(), node);
    AssignmentSet.Builder set =
        AssignmentSet.newBuilder().setRevision(revision).setEpoch(draft.state().epoch());
    for (InstanceRecord instance : draft.state().usage(node.name()).instances().values()) {
      AssignedInstance assigned = assigned(draft.state(), instance);
      if (assigned != null) {
        set.addInstances(assigned);
      }
    }
    holding(draft, node, revision);
    send(draft, node, OpenSessionResponse.newBuilder().setAssignments(set).build());
  }

  /// Sends what changed since the turn began to every connected node that it concerns.
  static void sendChanges(Draft draft, ClusterState before) {
    Map<String, AssignmentChange.Builder> changes = new LinkedHashMap<>();
    for (InstanceChange change : draft.instances()) {
      AssignedInstance then = assigned(before, change.before());
      AssignedInstance now = assigned(draft.state(), change.after());
      if (now == null && then != null) {
        changes
            .computeIfAbsent(change.last().node(), _ -> AssignmentChange.newBuilder())
            .addRemoved(then.getInstanceId());
      } else if (now != null && !now.equals(then)) {
        changes
            .computeIfAbsent(change.last().node(), _ -> AssignmentChange.newBuilder())
            .addChanged(now);
      }
    }
    otherLogins(draft, before, changes);
    changes.forEach((name, change) -> send(draft, before, name, change));
  }

  /// Instances that did not change, and whose nodes are somebody else to their registry now.
  private static void otherLogins(
      Draft draft, ClusterState before, Map<String, AssignmentChange.Builder> changes) {
    for (NamespaceRecord namespace : draft.state().namespaces().values()) {
      NamespaceRecord then = before.namespace(namespace.name());
      if (namespace.equals(then)
          || namespace.logins().equals(then == null ? TreePMap.empty() : then.logins())) {
        continue;
      }
      for (WorkloadKey workload : workloads(draft.state(), namespace.name())) {
        for (InstanceRecord instance : draft.state().instancesOf(workload)) {
          AssignedInstance now = assigned(draft.state(), instance);
          if (now != null
              && instance.equals(before.instance(instance.id()))
              && !now.equals(assigned(before, instance))) {
            changes
                .computeIfAbsent(instance.node(), _ -> AssignmentChange.newBuilder())
                .addChanged(now);
          }
        }
      }
    }
  }

  private static Collection<WorkloadKey> workloads(ClusterState state, String namespace) {
    return state.workloads().tailMap(new WorkloadKey(namespace, "")).keySet().stream()
        .takeWhile(key -> key.namespace().equals(namespace))
        .toList();
  }

  private static void send(
      Draft draft, ClusterState before, String name, AssignmentChange.Builder change) {
    NodeRecord node = draft.state().node(name);
    NodeRecord then = before.node(name);
    boolean isNew =
        node == null
            || then == null
            || then.liveness().session().id() != node.liveness().session().id();
    if (node == null || isNew || !node.isConnected()) {
      return;
    }
    long revision = next(draft.state(), node);
    change
        .setAppliesTo(node.liveness().session().assignmentRevision())
        .setResultsIn(revision)
        .setEpoch(draft.state().epoch());
    holding(draft, node, revision);
    send(draft, node, OpenSessionResponse.newBuilder().setAssignmentChange(change).build());
  }

  /// Grows also over sessions and leaders.
  private static long next(ClusterState state, NodeRecord node) {
    return Math.max(node.liveness().session().assignmentRevision(), state.epoch() << EPOCH_SHIFT)
        + 1;
  }

  private static void holding(Draft draft, NodeRecord node, long revision) {
    draft.apply(
        new Mutation.ObserveNode(
            node.with(node.liveness().with(node.liveness().session().holding(revision)))));
  }

  private static void send(Draft draft, NodeRecord node, OpenSessionResponse message) {
    draft.effect(new Effect.Send(node.name(), node.liveness().session().id(), message));
  }

  /// The login of the namespace to the registry from which the image comes.
  private static @Nullable SealedLogin login(
      ClusterState state, AssignedInstance.Builder instance) {
    NamespaceRecord namespace = state.namespace(instance.getNamespace());
    return namespace == null || !instance.getSpec().hasContainer()
        ? null
        : namespace
            .logins()
            .get(ImageRules.registryOf(instance.getSpec().getContainer().getImage()));
  }

  /// What an agent is told of an instance; null when it should not have it.
  static @Nullable AssignedInstance assigned(
      ClusterState state, @Nullable InstanceRecord instance) {
    if (instance == null
        || instance.isPending()
        || instance.state() == InstanceState.INSTANCE_STATE_LOST) {
      return null;
    }
    WorkloadRecord workload = state.workload(instance.workload());
    WorkloadSpec spec =
        workload == null ? null : workload.specAt(instance.message().getWorkloadRevision());
    if (spec == null) {
      return null;
    }
    AssignedInstance.Builder assigned =
        AssignedInstance.newBuilder()
            .setInstanceId(instance.id())
            .setNamespace(instance.message().getNamespace())
            .setWorkload(instance.message().getWorkload())
            .setWorkloadUid(instance.message().getWorkloadUid())
            .setWorkloadRevision(instance.message().getWorkloadRevision())
            .setSlot(instance.slot())
            .setSpec(spec)
            .setDesiredState(instance.message().getDesiredState())
            .addAllPorts(instance.message().getPortsList())
            .addAllDevices(instance.message().getDevicesList())
            .setRestartGeneration(instance.restartGeneration())
            .setStartGeneration(instance.message().getStartGeneration());
    SealedLogin login = login(state, assigned);
    if (login != null) {
      assigned.setSealedRegistryLogin(login.sealed());
    }
    Duration grace = instance.stopGrace();
    if (grace != null) {
      assigned.setStopGrace(grace);
    }
    return assigned.build();
  }
}
