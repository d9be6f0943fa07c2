package dev.berth.controller.core;

import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.Names;
import dev.berth.spec.QuotaRules;
import dev.berth.v1.CreateNamespaceRequest;
import dev.berth.v1.DeleteNamespaceRequest;
import dev.berth.v1.Namespace;
import dev.berth.v1.UpdateNamespaceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Makes, changes and forgets namespaces on request.
final class NamespaceRequests {
  private NamespaceRequests() {}

  static Reply create(Draft draft, CreateNamespaceRequest request) {
    Namespace asked = request.getNamespace();
    Reply invalid = check(asked);
    if (invalid != null) {
      return invalid;
    }
    if (draft.state().namespace(asked.getName()) != null) {
      return Reply.refused(
          RefusalCode.ALREADY_EXISTS, "namespace %s exists already".formatted(asked.getName()));
    }
    NamespaceRecord made =
        record(
            Namespace.newBuilder().setName(asked.getName()).setCreateTime(draft.timestamp()),
            asked,
            1);
    draft.apply(new Mutation.PutNamespace(made));
    return new Reply.OfNamespace(made.message());
  }

  /// Also of a namespace that is only known by its workloads so far.
  static Reply update(Draft draft, UpdateNamespaceRequest request) {
    Namespace asked = request.getNamespace();
    Reply invalid = check(asked);
    if (invalid != null) {
      return invalid;
    }
    NamespaceRecord present = draft.state().namespace(asked.getName());
    if (present == null && !hasWorkloads(draft, asked.getName())) {
      return notFound(asked.getName());
    }
    Refusal stale = Etag.check(asked.getEtag(), present == null ? "" : present.message().getEtag());
    if (stale != null) {
      return new Reply.No(stale);
    }
    Namespace.Builder message =
        present == null
            ? Namespace.newBuilder().setName(asked.getName()).setCreateTime(draft.timestamp())
            : present.message().toBuilder();
    NamespaceRecord changed = record(message, asked, present == null ? 1 : present.version() + 1);
    if (present != null) {
      changed = changed.with(present.logins());
    }
    draft.apply(new Mutation.PutNamespace(changed));
    draft.roomMade();
    return new Reply.OfNamespace(changed.message());
  }

  static Reply delete(Draft draft, DeleteNamespaceRequest request) {
    NamespaceRecord present = draft.state().namespace(request.getName());
    if (hasWorkloads(draft, request.getName())) {
      return Reply.refused(
          RefusalCode.FAILED_PRECONDITION,
          "namespace %s has workloads; delete them first (\"berth ps -n %s\" shows them)"
              .formatted(request.getName(), request.getName()));
    }
    if (present == null) {
      return notFound(request.getName());
    }
    draft.apply(new Mutation.RemoveNamespace(request.getName()));
    return new Reply.Plain(present.message());
  }

  private static NamespaceRecord record(Namespace.Builder message, Namespace asked, long version) {
    message.clearQuota();
    if (asked.hasQuota()) {
      message.setQuota(asked.getQuota());
    }
    return new NamespaceRecord(message.setEtag(Etag.of(asked.getName(), version)).build(), version);
  }

  private static @Nullable Reply check(Namespace asked) {
    List<FieldViolation> violations = new ArrayList<>();
    String problem = Names.namespaceProblem(asked.getName());
    if (problem != null) {
      violations.add(new FieldViolation("namespace.name", problem));
    }
    QuotaRules.validate("namespace.quota", asked.getQuota())
        .forEach(v -> violations.add(new FieldViolation(v.fieldPath(), v.problem())));
    return violations.isEmpty() ? null : Reply.invalid(violations);
  }

  private static boolean hasWorkloads(Draft draft, String namespace) {
    SortedMap<WorkloadKey, WorkloadRecord> from =
        draft.state().workloads().tailMap(new WorkloadKey(namespace, ""));
    for (Map.Entry<WorkloadKey, WorkloadRecord> first : from.entrySet()) {
      return first.getKey().namespace().equals(namespace);
    }
    return false;
  }

  private static Reply notFound(String name) {
    return Reply.refused(
        RefusalCode.NOT_FOUND,
        "namespace %s does not exist; \"berth ns ls\" shows what does".formatted(name));
  }
}
