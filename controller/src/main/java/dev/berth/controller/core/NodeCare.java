package dev.berth.controller.core;

import com.google.protobuf.util.Timestamps;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.spec.DrainRules;
import dev.berth.spec.Durations;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.FenceNodeRequest;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeDrain;
import dev.berth.v1.NodeState;
import java.util.ArrayList;
import java.util.List;

/// Takes nodes out of service on request: drains those that live, fences those that are dead.
final class NodeCare {
  private NodeCare() {}

  static Reply drain(Draft draft, DrainNodeRequest request) {
    List<FieldViolation> violations = new ArrayList<>();
    DrainRules.validate(request)
        .forEach(v -> violations.add(new FieldViolation(v.fieldPath(), v.problem())));
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    NodeRecord present = draft.state().node(request.getName());
    if (present == null) {
      return NodeRequests.notFound(request.getName());
    }
    Refusal stale = Etag.check(request.getEtag(), present.message().getEtag());
    if (stale != null) {
      return new Reply.No(stale);
    }
    NodeDrain.Builder drain =
        NodeDrain.newBuilder().setMaxParallel(DrainRules.maxParallel(request));
    long until = NodeRecord.NEVER;
    if (request.hasDeadline()) {
      long millis = Durations.fromProto(request.getDeadline()).toMillis();
      until = draft.now().monotonicMillis() + millis;
      drain.setDeadline(Timestamps.fromMillis(draft.now().wall().toEpochMilli() + millis));
    }
    NodeRecord draining =
        NodeRequests.changed(
            present,
            present.message().toBuilder()
                .setAvailability(NodeAvailability.NODE_AVAILABILITY_DRAINING)
                .setDrain(drain));
    draft.apply(new Mutation.PutNode(draining.drainingUntil(until)));
    draft.info(
        "NodeDraining",
        "Instances are moved off node " + request.getName() + ".",
        Draft.aboutNode(request.getName()));
    return new Reply.OfNode(draining.message());
  }

  static Reply fence(Draft draft, FenceNodeRequest request) {
    NodeRecord present = draft.state().node(request.getName());
    if (present == null) {
      return NodeRequests.notFound(request.getName());
    }
    Refusal stale = Etag.check(request.getEtag(), present.message().getEtag());
    if (stale != null) {
      return new Reply.No(stale);
    }
    NodeState state = present.state();
    if (state != NodeState.NODE_STATE_LOST && state != NodeState.NODE_STATE_UNKNOWN) {
      return Reply.refused(
          RefusalCode.FAILED_PRECONDITION,
          "node %s is %s; only a node that is lost or unknown can be fenced: switch its host off and wait until the node is lost, or drain it (\"berth node drain\")"
              .formatted(request.getName(), state.name().substring("NODE_STATE_".length())));
    }
    if (present.isFenced()) {
      return new Reply.OfNode(present.message());
    }
    Node.Builder message = present.message().toBuilder().setFenceTime(draft.timestamp());
    NodeRecord fenced = NodeRequests.changed(present, message);
    draft.apply(new Mutation.PutNode(fenced));
    draft.warn(
        "NodeFenced",
        "Node " + request.getName() + " was said to be dead: what is held for it is replaced.",
        Draft.aboutNode(request.getName()));
    for (InstanceRecord instance : draft.state().usage(request.getName()).instances().values()) {
      draft.reconcile(instance.workload());
    }
    return new Reply.OfNode(fenced.message());
  }
}
