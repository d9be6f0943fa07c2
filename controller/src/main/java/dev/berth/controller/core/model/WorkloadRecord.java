package dev.berth.controller.core.model;

import com.google.protobuf.ByteString;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// A stored workload with what only the controller needs to know of it.
///
/// @param message the workload with its etag and without its status
/// @param version counts the changes of this object, from 1
/// @param requestId request id of its creation; empty when none was given
/// @param requestDigest SHA-256 of the creation's spec as it was asked for
/// @param olderSpecs specs of earlier revisions that instances still run, by revision
public record WorkloadRecord(
    Workload message,
    long version,
    String requestId,
    ByteString requestDigest,
    TreePMap<Long, WorkloadSpec> olderSpecs) {
  /// Its name.
  public WorkloadKey key() {
    return new WorkloadKey(message.getNamespace(), message.getName());
  }

  /// The spec of a revision, or null when no instance should run that any more.
  public @Nullable WorkloadSpec specAt(long revision) {
    return revision == message.getRevision() ? message.getSpec() : olderSpecs.get(revision);
  }

  /// Whether a slot should have something that runs.
  public boolean wants(int slot) {
    return !message.getDeleting()
        && !message.getStopped()
        && slot <= message.getSpec().getReplicas()
        && !message.getStoppedSlotsList().contains(slot);
  }
}
