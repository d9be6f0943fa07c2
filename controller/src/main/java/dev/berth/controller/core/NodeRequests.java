package dev.berth.controller.core;

import dev.berth.controller.core.ClusterEvent.RecordCertificate;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.SpecValidator;
import dev.berth.spec.TaintRules;
import dev.berth.v1.DeleteNodeRequest;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeState;
import dev.berth.v1.UpdateNodeRequest;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes and removes nodes on request.
final class NodeRequests {
  private static final String LABEL = "labels.";

  private NodeRequests() {}

  static Reply notFound(String name) {
    return Reply.refused(
        RefusalCode.NOT_FOUND,
        "node %s does not exist; \"berth node ls\" shows what does".formatted(name));
  }

  /// The next version of a stored node.
  static NodeRecord changed(NodeRecord before, Node.Builder message) {
    long version = before.version() + 1;
    return new NodeRecord(
        message.setEtag(Etag.of(message.getUid(), version)).build(),
        version,
        before.liveness(),
        before.drainUntilMillis(),
        before.certificate());
  }

  /// Remembers a certificate, unless the node is another one by now. Nobody sees a change.
  static Reply certified(Draft draft, RecordCertificate event) {
    NodeRecord present = draft.state().node(event.node());
    if (present == null || !present.message().getUid().equals(event.uid())) {
      return notFound(event.node());
    }
    draft.apply(new Mutation.PutNode(present.certified(event.digest())));
    return new Reply.OfNode(present.message());
  }

  static Reply update(Draft draft, UpdateNodeRequest request) {
    Node asked = request.getNode();
    List<FieldViolation> violations = new ArrayList<>();
    if (request.getUpdateMask().getPathsCount() == 0) {
      violations.add(
          new FieldViolation(
              "update_mask", "missing (expected: labels, labels.KEY, taints or availability)"));
    }
    NodeRecord present = draft.state().node(asked.getName());
    Node.Builder message = present == null ? Node.newBuilder() : present.message().toBuilder();
    for (String path : request.getUpdateMask().getPathsList()) {
      take(path, asked, message, violations);
    }
    SpecValidator.validateLabels("node.labels", message.getLabelsMap())
        .forEach(v -> violations.add(new FieldViolation(v.fieldPath(), v.problem())));
    TaintRules.validate("node.taints", message.getTaintsList())
        .forEach(v -> violations.add(new FieldViolation(v.fieldPath(), v.problem())));
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    if (present == null) {
      return notFound(asked.getName());
    }
    Refusal stale = Etag.check(asked.getEtag(), present.message().getEtag());
    if (stale != null) {
      return new Reply.No(stale);
    }
    if (!message.build().equals(present.message())) {
      NodeRecord changed = changed(present, message);
      draft.apply(
          new Mutation.PutNode(
              message.hasDrain() ? changed : changed.drainingUntil(NodeRecord.NEVER)));
      draft.info(
          "NodeUpdated",
          "Node %s: %s.".formatted(asked.getName(), request.getUpdateMask().getPathsList()),
          Draft.aboutNode(asked.getName()));
      draft.roomMade();
    }
    return new Reply.OfNode(message.build());
  }

  private static void take(
      String path, Node asked, Node.Builder message, List<FieldViolation> violations) {
    if (path.equals("labels")) {
      message.clearLabels().putAllLabels(asked.getLabelsMap());
    } else if (path.startsWith(LABEL) && path.length() > LABEL.length()) {
      String key = path.substring(LABEL.length());
      String value = asked.getLabelsMap().get(key);
      if (value == null) {
        message.removeLabels(key);
      } else {
        message.putLabels(key, value);
      }
    } else if (path.equals("taints")) {
      message.clearTaints().addAllTaints(asked.getTaintsList());
    } else if (path.equals("availability")) {
      switch (asked.getAvailability()) {
        case NODE_AVAILABILITY_CORDONED ->
            message.setAvailability(asked.getAvailability()).clearDrain();
        case NODE_AVAILABILITY_ACTIVE, NODE_AVAILABILITY_UNSPECIFIED ->
            message.setAvailability(NodeAvailability.NODE_AVAILABILITY_ACTIVE).clearDrain();
        case NODE_AVAILABILITY_DRAINING, UNRECOGNIZED ->
            violations.add(
                new FieldViolation(
                    "node.availability",
                    "value: "
                        + asked.getAvailabilityValue()
                        + " (expected: active or cordoned; DrainNode drains)"));
      }
    } else {
      violations.add(
          new FieldViolation(
              "update_mask",
              "value: \"" + path + "\" (expected: labels, labels.KEY, taints or availability)"));
    }
  }

  static Reply delete(Draft draft, DeleteNodeRequest request) {
    NodeRecord present = draft.state().node(request.getName());
    if (present == null) {
      return notFound(request.getName());
    }
    NodeState state = present.state();
    if (state != NodeState.NODE_STATE_LOST && state != NodeState.NODE_STATE_UNKNOWN) {
      return Reply.refused(
          RefusalCode.FAILED_PRECONDITION,
          "node %s is %s; stop its agent first and wait until the node is lost"
              .formatted(request.getName(), state.name().substring("NODE_STATE_".length())));
    }
    List<InstanceRecord> there =
        List.copyOf(draft.state().usage(request.getName()).instances().values());
    InstanceRecord held = held(draft, there);
    if (held != null) {
      return Reply.refused(
          RefusalCode.FAILED_PRECONDITION,
          "%s is held on node %s by its lost policy; fence the node (\"berth node fence\"), or delete or scale workload %s first"
              .formatted(held.message().getName(), request.getName(), held.workload()));
    }
    for (InstanceRecord instance : there) {
      draft.apply(new Mutation.RemoveInstance(instance.id(), request.getName()));
      draft.reconcile(instance.workload());
    }
    draft.apply(new Mutation.RemoveNode(request.getName()));
    draft.info(
        "NodeDeleted",
        "Node " + request.getName() + " was removed.",
        Draft.aboutNode(request.getName()));
    return new Reply.OfNode(present.message());
  }

  private static @Nullable InstanceRecord held(Draft draft, List<InstanceRecord> there) {
    for (InstanceRecord instance : there) {
      WorkloadRecord workload = draft.state().workload(instance.workload());
      WorkloadSpec spec =
          workload == null ? null : workload.specAt(instance.message().getWorkloadRevision());
      if (!instance.isFinal()
          && spec != null
          && spec.getLostPolicy() == LostPolicy.LOST_POLICY_HOLD) {
        return instance;
      }
    }
    return null;
  }

  /// A node that has just joined.
  static NodeRecord joined(String name, String uid, Now now) {
    Node message =
        Node.newBuilder()
            .setName(name)
            .setUid(uid)
            .setAvailability(NodeAvailability.NODE_AVAILABILITY_ACTIVE)
            .setCreateTime(now.timestamp())
            .setEtag(Etag.of(uid, 1))
            .build();
    return new NodeRecord(message, 1, NodeRecord.Liveness.unheard(now.monotonicMillis()));
  }
}
