package dev.berth.controller.core;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.Names;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// Changes that workloads undergo in several places.
final class Workloads {
  private Workloads() {}

  static WorkloadKey key(String namespace, String name) {
    return new WorkloadKey(namespace.isEmpty() ? Names.DEFAULT_NAMESPACE : namespace, name);
  }

  static Reply notFound(WorkloadKey key) {
    return Reply.refused(
        RefusalCode.NOT_FOUND,
        "workload %s does not exist; \"berth ps -a\" shows what does".formatted(key));
  }

  static Reply deleting(WorkloadKey key) {
    return Reply.refused(
        RefusalCode.FAILED_PRECONDITION,
        "workload %s is being deleted; repeat when its instances are gone".formatted(key));
  }

  static List<FieldViolation> checkKey(WorkloadKey key, String prefix) {
    List<FieldViolation> violations = new ArrayList<>();
    String namespace = Names.namespaceProblem(key.namespace());
    if (namespace != null) {
      violations.add(new FieldViolation(prefix + "namespace", namespace));
    }
    String name = Names.workloadProblem(key.name());
    if (name != null) {
      violations.add(new FieldViolation(prefix + "name", name));
    }
    return violations;
  }

  /// The next version of a stored workload.
  static WorkloadRecord changed(WorkloadRecord before, Workload.Builder message, Now now) {
    long version = before.version() + 1;
    return new WorkloadRecord(
        message.setEtag(Etag.of(message.getUid(), version)).setUpdateTime(now.timestamp()).build(),
        version,
        before.requestId(),
        before.requestDigest(),
        before.olderSpecs());
  }

  /// The next version with another spec: a new revision unless only the number of slots differs.
  static WorkloadRecord withSpec(Draft draft, WorkloadRecord before, WorkloadSpec spec) {
    WorkloadSpec old = before.message().getSpec();
    Workload.Builder message = before.message().toBuilder().setSpec(spec);
    boolean scaledOnly = old.toBuilder().setReplicas(spec.getReplicas()).build().equals(spec);
    WorkloadRecord keeping = before;
    if (!scaledOnly) {
      message.setRevision(before.message().getRevision() + 1);
      keeping =
          new WorkloadRecord(
              before.message(),
              before.version(),
              before.requestId(),
              before.requestDigest(),
              stillUsed(draft, before));
    }
    if (spec.getReplicas() < old.getReplicas()) {
      message.clearStoppedSlots();
      for (int slot : before.message().getStoppedSlotsList()) {
        if (slot <= spec.getReplicas()) {
          message.addStoppedSlots(slot);
        }
      }
    }
    return changed(keeping, message, draft.now());
  }

  /// Specs that instances have, the present one among them.
  private static TreePMap<Long, WorkloadSpec> stillUsed(Draft draft, WorkloadRecord workload) {
    Map<Long, WorkloadSpec> used = new TreeMap<>();
    for (InstanceRecord instance : draft.state().instancesOf(workload.key())) {
      long revision = instance.message().getWorkloadRevision();
      WorkloadSpec spec = workload.specAt(revision);
      if (spec != null && !instance.node().isEmpty()) {
        used.put(revision, spec);
      }
    }
    return TreePMap.from(used);
  }

  static WorkloadRecord first(
      WorkloadKey key, WorkloadSpec spec, String requestId, ByteString digest, Draft draft) {
    String uid = draft.newUuid();
    Workload message =
        Workload.newBuilder()
            .setNamespace(key.namespace())
            .setName(key.name())
            .setUid(uid)
            .setSpec(spec)
            .setRevision(1)
            .setEtag(Etag.of(uid, 1))
            .setCreateTime(draft.now().timestamp())
            .setUpdateTime(draft.now().timestamp())
            .build();
    return new WorkloadRecord(message, 1, requestId, digest, TreePMap.empty());
  }
}
