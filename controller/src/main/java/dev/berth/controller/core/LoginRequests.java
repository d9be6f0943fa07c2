package dev.berth.controller.core;

import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.core.model.SealedLogin;
import dev.berth.v1.KeptRegistryLogin;
import dev.berth.v1.Namespace;
import org.jspecify.annotations.Nullable;

/// Keeps and forgets logins to registries on request. Secrets come here sealed, and stay so.
final class LoginRequests {
  private static final int LOGINS_MAX = 16;

  private LoginRequests() {}

  static Reply set(Draft draft, ClusterEvent.SetRegistryLogin event) {
    NamespaceRecord present = draft.state().namespace(event.namespace());
    NamespaceRecord record =
        present != null
            ? present
            : new NamespaceRecord(
                Namespace.newBuilder()
                    .setName(event.namespace())
                    .setCreateTime(draft.timestamp())
                    .setEtag(Etag.of(event.namespace(), 1))
                    .build(),
                1);
    if (record.logins().size() >= LOGINS_MAX && !record.logins().containsKey(event.server())) {
      return Reply.refused(
          RefusalCode.RESOURCE_EXHAUSTED,
          "namespace %s has logins to %d registries (expected: at most %d); forget one with"
                  .formatted(event.namespace(), record.logins().size(), LOGINS_MAX)
              + " berth registry logout");
    }
    SealedLogin login =
        new SealedLogin(event.server(), event.username(), event.sealed(), draft.timestamp());
    draft.apply(
        new Mutation.PutNamespace(record.with(record.logins().plus(login.server(), login))));
    return new Reply.Plain(kept(event.namespace(), login));
  }

  static Reply remove(Draft draft, ClusterEvent.RemoveRegistryLogin event) {
    NamespaceRecord present = draft.state().namespace(event.namespace());
    @Nullable SealedLogin login = present == null ? null : present.logins().get(event.server());
    if (present == null || login == null) {
      return Reply.refused(
          RefusalCode.NOT_FOUND,
          "namespace %s has no login to %s; \"berth registry ls\" shows those there are"
              .formatted(event.namespace(), event.server()));
    }
    draft.apply(new Mutation.PutNamespace(present.with(present.logins().minus(event.server()))));
    return new Reply.Plain(kept(event.namespace(), login));
  }

  /// What may be shown of a login.
  private static KeptRegistryLogin kept(String namespace, SealedLogin login) {
    return KeptRegistryLogin.newBuilder()
        .setNamespace(namespace)
        .setServer(login.server())
        .setUsername(login.username())
        .setSetTime(login.setTime())
        .build();
  }
}
