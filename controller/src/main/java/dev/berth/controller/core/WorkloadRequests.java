package dev.berth.controller.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Views;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.SlotName;
import dev.berth.spec.SpecValidator;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Creates, changes and deletes workloads.
final class WorkloadRequests {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  // What the store takes as one value is 1.4 MB; other fields need room too.
  private static final int RECORD_BYTES = 1_200_000;

  private WorkloadRequests() {}

  static Reply create(Draft draft, CreateWorkloadRequest request) {
    Workload asked = request.getWorkload();
    WorkloadKey key = Workloads.key(asked.getNamespace(), asked.getName());
    List<FieldViolation> violations = Workloads.checkKey(key, "workload.");
    if (!request.getRequestId().isEmpty() && !UUID.matcher(request.getRequestId()).matches()) {
      violations.add(new FieldViolation("request_id", "length or form (expected: a UUID)"));
    }
    check(asked.getSpec(), violations);
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    WorkloadSpec spec = WorkloadDefaults.fill(asked.getSpec());
    ByteString digest = digest(spec);
    WorkloadRecord present = draft.state().workload(key);
    if (present != null) {
      return taken(present, request.getRequestId(), digest);
    }
    return add(draft, key, spec, request.getRequestId(), digest, request.getValidateOnly());
  }

  private static Reply add(
      Draft draft,
      WorkloadKey key,
      WorkloadSpec spec,
      String requestId,
      ByteString digest,
      boolean validateOnly) {
    WorkloadRecord workload = Workloads.first(key, spec, requestId, digest, draft);
    if (size(workload) > RECORD_BYTES) {
      return Reply.invalid(
          "workload.spec",
          "%d bytes (expected: at most %d)".formatted(size(workload), RECORD_BYTES));
    }
    if (validateOnly) {
      return new Reply.Plain(
          workload.message().toBuilder().clearUid().clearEtag().clearCreateTime().build());
    }
    draft.apply(new Mutation.PutWorkload(workload));
    draft.info("Created", "Workload " + key + " was created.", Draft.about(key));
    draft.reconcile(key);
    return new Reply.OfWorkload(workload.message());
  }

  private static Reply taken(WorkloadRecord present, String requestId, ByteString digest) {
    if (!requestId.isEmpty() && requestId.equals(present.requestId())) {
      return digest.equals(present.requestDigest())
          ? new Reply.OfWorkload(present.message())
          : Reply.refused(
              RefusalCode.ALREADY_EXISTS,
              "request_id: used before with another spec; choose a new one for a new request");
    }
    return present.message().getDeleting()
        ? Workloads.deleting(present.key())
        : Reply.refused(
            RefusalCode.ALREADY_EXISTS,
            "workload %s exists; choose another name, change it with \"berth apply\" or remove it"
                    .formatted(present.key())
                + " with \"berth rm\"");
  }

  static Reply update(Draft draft, UpdateWorkloadRequest request) {
    Workload asked = request.getWorkload();
    WorkloadKey key = Workloads.key(asked.getNamespace(), asked.getName());
    List<FieldViolation> violations = Workloads.checkKey(key, "workload.");
    WorkloadRecord present = draft.state().workload(key);
    WorkloadSpec old =
        present == null ? WorkloadSpec.getDefaultInstance() : present.message().getSpec();
    WorkloadSpec merged = merge(request, old, violations);
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    if (present == null && !request.getAllowMissing()) {
      return Workloads.notFound(key);
    }
    if (present != null && present.message().getDeleting()) {
      return Workloads.deleting(key);
    }
    check(merged, violations);
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    WorkloadSpec spec = WorkloadDefaults.fill(merged);
    if (present == null) {
      return add(draft, key, spec, "", ByteString.EMPTY, request.getValidateOnly());
    }
    Refusal stale = Etag.check(asked.getEtag(), present.message().getEtag());
    return stale != null
        ? new Reply.No(stale)
        : put(draft, present, spec, request.getValidateOnly());
  }

  private static WorkloadSpec merge(
      UpdateWorkloadRequest request, WorkloadSpec old, List<FieldViolation> violations) {
    WorkloadSpec given = request.getWorkload().getSpec();
    if (request.getUpdateMask().getPathsCount() == 0) {
      return given;
    }
    WorkloadSpec.Builder merged = old.toBuilder();
    for (String path : request.getUpdateMask().getPathsList()) {
      String below = path.startsWith("spec.") ? path.substring("spec.".length()) : "";
      if (path.equals("spec")) {
        merged.clear().mergeFrom(given);
      } else if (below.isEmpty()) {
        violations.add(
            new FieldViolation(
                "update_mask", "value: \"" + path + "\" (expected: \"spec\" or fields below it)"));
      } else {
        String problem = FieldMasks.problem(given, below);
        if (problem != null) {
          violations.add(new FieldViolation("update_mask", problem));
        } else {
          FieldMasks.copy(given, merged, below);
        }
      }
    }
    return merged.build();
  }

  private static Reply put(
      Draft draft, WorkloadRecord present, WorkloadSpec spec, boolean validateOnly) {
    if (spec.equals(present.message().getSpec())) {
      return new Reply.OfWorkload(present.message());
    }
    WorkloadRecord changed = Workloads.withSpec(draft, present, spec);
    if (size(changed) > RECORD_BYTES) {
      return Reply.refused(
          RefusalCode.FAILED_PRECONDITION,
          "instances still run earlier revisions, and all of them together are too large to keep;"
              + " wait for the roll-out or make the spec smaller");
    }
    if (validateOnly) {
      return new Reply.Plain(
          changed.message().toBuilder().setStatus(Views.status(draft.state(), changed)).build());
    }
    draft.apply(new Mutation.PutWorkload(changed));
    boolean isNew = changed.message().getRevision() != present.message().getRevision();
    draft.info(
        isNew ? "Updated" : "Scaled",
        isNew
            ? "Workload %s has revision %d."
                .formatted(present.key(), changed.message().getRevision())
            : "Workload %s has %d slots.".formatted(present.key(), spec.getReplicas()),
        Draft.about(present.key()));
    draft.reconcile(present.key());
    return new Reply.OfWorkload(changed.message());
  }

  private static long size(WorkloadRecord workload) {
    long bytes = workload.message().getSerializedSize();
    for (WorkloadSpec older : workload.olderSpecs().values()) {
      bytes += older.getSerializedSize();
    }
    return bytes;
  }

  static Reply scale(Draft draft, ScaleWorkloadRequest request) {
    WorkloadKey key = Workloads.key(request.getNamespace(), request.getName());
    List<FieldViolation> violations = Workloads.checkKey(key, "");
    int replicas = request.getReplicas();
    if (replicas < 0 || replicas > SlotName.MAX_SLOT) {
      violations.add(
          new FieldViolation(
              "replicas", "value: " + replicas + " (expected: 0 to " + SlotName.MAX_SLOT + ")"));
    }
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    WorkloadRecord present = draft.state().workload(key);
    if (present == null) {
      return Workloads.notFound(key);
    }
    if (present.message().getDeleting()) {
      return Workloads.deleting(key);
    }
    Refusal stale = Etag.check(request.getEtag(), present.message().getEtag());
    return stale != null
        ? new Reply.No(stale)
        : put(
            draft,
            present,
            present.message().getSpec().toBuilder().setReplicas(replicas).build(),
            false);
  }

  static Reply delete(Draft draft, DeleteWorkloadRequest request) {
    WorkloadKey key = Workloads.key(request.getNamespace(), request.getName());
    List<FieldViolation> violations = Workloads.checkKey(key, "");
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    WorkloadRecord present = draft.state().workload(key);
    if (present == null) {
      return request.getAllowMissing()
          ? new Reply.Plain(
              Workload.newBuilder().setNamespace(key.namespace()).setName(key.name()).build())
          : Workloads.notFound(key);
    }
    Refusal stale = Etag.check(request.getEtag(), present.message().getEtag());
    if (stale != null) {
      return new Reply.No(stale);
    }
    if (present.message().getDeleting()) {
      return new Reply.OfWorkload(present.message());
    }
    InstanceRecord running = request.getForce() ? null : running(draft, key);
    if (running != null) {
      return Reply.refused(
          RefusalCode.FAILED_PRECONDITION,
          "%s runs on node %s; stop workload %s first, or force (\"berth rm -f\")"
              .formatted(running.message().getName(), running.node(), key));
    }
    WorkloadRecord deleted =
        Workloads.changed(present, present.message().toBuilder().setDeleting(true), draft.now());
    draft.apply(new Mutation.PutWorkload(deleted));
    draft.info("Deleting", "Workload " + key + " is being deleted.", Draft.about(key));
    draft.reconcile(key);
    return new Reply.OfWorkload(deleted.message());
  }

  private static @Nullable InstanceRecord running(Draft draft, WorkloadKey key) {
    for (InstanceRecord instance : draft.state().instancesOf(key)) {
      if (!instance.isFinal() && !instance.isPending()) {
        return instance;
      }
    }
    return null;
  }

  private static void check(WorkloadSpec spec, List<FieldViolation> violations) {
    List<FieldViolation> found = new ArrayList<>();
    SpecValidator.validate(spec)
        .forEach(v -> found.add(new FieldViolation("workload.spec." + v.fieldPath(), v.problem())));
    violations.addAll(found);
  }

  /// SHA-256 of a message in its one deterministic form.
  private static ByteString digest(Message message) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.getSerializedSize());
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.useDeterministicSerialization();
      message.writeTo(out);
      out.flush();
      return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
