package dev.berth.controller.rpc;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.security.Caller;
import dev.berth.controller.security.ClientTrust;
import java.util.Optional;
import java.util.function.Supplier;

/// The members of the cluster as its state has them. Nobody is remembered and nobody revoked while
/// this controller does not lead.
final class KnownMembers implements ClientTrust.Members {
  private static final byte[] UNKNOWN = new byte[0];

  private final Supplier<Optional<Snapshot>> state;

  KnownMembers(Supplier<Optional<Snapshot>> state) {
    this.state = state;
  }

  @Override
  public boolean admits(Caller caller) {
    return Access.isAdmitted(caller, state.get());
  }

  @Override
  public byte[] certificateDigest(Caller caller) {
    Optional<Snapshot> known = state.get();
    if (known.isEmpty() || !(caller instanceof Caller.Agent(String name, String uid))) {
      return UNKNOWN;
    }
    NodeRecord node = known.get().state().node(name);
    return node == null || !node.message().getUid().equals(uid)
        ? UNKNOWN
        : node.certificate().toByteArray();
  }
}
