package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.spec.Names;
import dev.berth.store.v1.StoredAssignments;
import dev.berth.store.v1.StoredGroup;
import dev.berth.store.v1.StoredInstance;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StateTransition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns the instances of a node into one small value and back. What is not stored follows from
/// what is, or is said again by the agent.
final class AssignmentsCodec {
  private static final HexFormat HEX = HexFormat.of();
  private static final int MESSAGE_CHARS = 120;

  private AssignmentsCodec() {}

  static StoredAssignments encode(Collection<InstanceRecord> instances) {
    Map<String, StoredGroup.Builder> groups = new LinkedHashMap<>();
    for (InstanceRecord instance : instances) {
      StoredGroup.Builder group =
          groups.computeIfAbsent(instance.message().getWorkloadUid(), _ -> group(instance));
      group.addInstances(stored(instance, group));
    }
    StoredAssignments.Builder stored = StoredAssignments.newBuilder();
    groups.values().forEach(stored::addGroups);
    return stored.build();
  }

  private static StoredGroup.Builder group(InstanceRecord first) {
    Instance message = first.message();
    return StoredGroup.newBuilder()
        .setNamespace(message.getNamespace())
        .setWorkload(message.getWorkload())
        .setWorkloadUid(message.getWorkloadUid())
        .setReserved(first.reserved())
        .setImage(message.getImage())
        .setKind(message.getKind())
        .setWorkloadRevision(message.getWorkloadRevision());
  }

  private static StoredInstance stored(InstanceRecord instance, StoredGroup.Builder group) {
    Instance message = instance.message();
    StoredInstance.Builder stored =
        StoredInstance.newBuilder()
            .setId(ByteString.copyFrom(HEX.parseHex(message.getId())))
            .setSlot(message.getSlot())
            .setFailures(instance.attempt().failures())
            .setRefusals(instance.attempt().refusals())
            .setSuperseded(instance.attempt().superseded())
            .setStop(message.getDesiredState() == DesiredState.DESIRED_STATE_STOP)
            .setCreateTimeMillis(Timestamps.toMillis(message.getCreateTime()))
            .setAssignedAfterMillis(assignedAfter(message))
            .setRestartGeneration(instance.restartGeneration())
            .setStartGeneration(message.getStartGeneration());
    if (instance.attempt().number() != 1) {
      stored.setAttempt(instance.attempt().number());
    }
    if (message.getPortsCount() > 0) {
      stored.addAllPorts(message.getPortsList());
    }
    if (message.getDevicesCount() > 0) {
      stored.addAllDevices(message.getDevicesList());
    }
    if (!instance.reserved().equals(group.getReserved())) {
      stored.setReserved(instance.reserved());
    }
    if (!message.getImage().equals(group.getImage())) {
      stored.setImage(message.getImage());
    }
    if (message.getWorkloadRevision() != group.getWorkloadRevision()) {
      stored.setWorkloadRevision(message.getWorkloadRevision());
    }
    var grace = instance.stopGrace();
    if (grace != null) {
      stored.setStopGrace(grace);
    }
    if (instance.isFinal()) {
      stored.setOutcome(outcome(message.getStatus()));
    }
    return stored.build();
  }

  private static long assignedAfter(Instance message) {
    for (StateTransition transition : message.getStatus().getTransitionsList()) {
      if (transition.getState() == InstanceState.INSTANCE_STATE_ASSIGNED) {
        return Math.max(
            0,
            Timestamps.toMillis(transition.getTime())
                - Timestamps.toMillis(message.getCreateTime()));
      }
    }
    return 0;
  }

  /// How an instance ended, in few bytes: a node's instances share one value.
  private static InstanceStatus outcome(InstanceStatus status) {
    String message = status.getMessage();
    if (message.length() <= MESSAGE_CHARS && status.getBootPhasesCount() == 0) {
      return status;
    }
    InstanceStatus.Builder outcome = status.toBuilder();
    if (message.length() > MESSAGE_CHARS) {
      outcome.setMessage(message.substring(0, MESSAGE_CHARS) + "…");
    }
    outcome.getBootPhasesBuilderList().forEach(phase -> phase.clearEvidence());
    return outcome.build();
  }

  static List<InstanceRecord> decode(String node, StoredAssignments stored, Now now) {
    List<InstanceRecord> instances = new ArrayList<>();
    for (StoredGroup group : stored.getGroupsList()) {
      for (StoredInstance each : group.getInstancesList()) {
        InstanceRecord instance = record(node, group, each);
        instances.add(
            instance.isFinal()
                ? instance.with(new InstanceRecord.Timing(0, now.monotonicMillis()))
                : instance);
      }
    }
    return instances;
  }

  private static InstanceRecord record(String node, StoredGroup group, StoredInstance stored) {
    return new InstanceRecord(
        message(node, group, stored),
        attempt(stored),
        stored.hasReserved() ? stored.getReserved() : group.getReserved(),
        stored.getRestartGeneration(),
        stored.hasStopGrace() ? stored.getStopGrace() : null,
        InstanceRecord.Timing.NONE,
        null);
  }

  /// Nearly all are the first of their slots, and share one value.
  private static InstanceRecord.Attempt attempt(StoredInstance stored) {
    InstanceRecord.Attempt attempt =
        new InstanceRecord.Attempt(
            Math.max(1, stored.getAttempt()),
            stored.getFailures(),
            stored.getRefusals(),
            stored.getSuperseded());
    return attempt.equals(InstanceRecord.Attempt.FIRST) ? InstanceRecord.Attempt.FIRST : attempt;
  }

  private static Instance message(String node, StoredGroup group, StoredInstance stored) {
    Timestamp created = Timestamps.fromMillis(stored.getCreateTimeMillis());
    return Instance.newBuilder()
        .setId(HEX.formatHex(stored.getId().toByteArray()))
        .setNamespace(group.getNamespace())
        .setWorkload(group.getWorkload())
        .setWorkloadUid(group.getWorkloadUid())
        .setSlot(stored.getSlot())
        .setName(Names.slotName(group.getWorkload(), stored.getSlot()))
        .setWorkloadRevision(
            stored.getWorkloadRevision() != 0
                ? stored.getWorkloadRevision()
                : group.getWorkloadRevision())
        .setKind(group.getKind())
        .setNode(node)
        .setDesiredState(
            stored.getStop() ? DesiredState.DESIRED_STATE_STOP : DesiredState.DESIRED_STATE_RUN)
        .setStatus(stored.hasOutcome() ? stored.getOutcome() : assigned(stored))
        .addAllPorts(stored.getPortsList())
        .addAllDevices(stored.getDevicesList())
        .setCreateTime(created)
        .setStartGeneration(stored.getStartGeneration())
        .setImage(stored.getImage().isEmpty() ? group.getImage() : stored.getImage())
        .build();
  }

  /// What is known of an instance without its agent: that it was assigned, and when.
  private static InstanceStatus assigned(StoredInstance stored) {
    return InstanceStatus.newBuilder()
        .setState(InstanceState.INSTANCE_STATE_ASSIGNED)
        .addTransitions(
            StateTransition.newBuilder()
                .setState(InstanceState.INSTANCE_STATE_ASSIGNED)
                .setTime(
                    Timestamps.fromMillis(
                        stored.getCreateTimeMillis() + stored.getAssignedAfterMillis())))
        .build();
  }
}
