package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.InstanceChange;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.Changes;
import dev.berth.controller.loop.Snapshot;
import dev.berth.v1.Instance;
import dev.berth.v1.WatchInstancesResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Those who follow instances, and the recent changes from which they can resume. Used by one
/// thread.
final class InstanceWatches {
  private static final int RING_MAX = 10_000;
  private static final int OUTBOX_MAX = 1000;
  private static final int PART_BYTES = 1 << 20;

  private final Set<Watcher> watchers = new LinkedHashSet<>();
  private final Deque<Change> ring = new ArrayDeque<>();
  private int ringInstances;

  /// Changes after this revision are in the ring.
  private long resumable;

  private @Nullable Snapshot present;

  /// What one turn did to instances.
  private record Change(long revision, List<Instance> changed, List<Instance> removed) {
    int size() {
      return 1 + changed.size() + removed.size();
    }
  }

  /// What a watcher wants to see.
  ///
  /// @param namespace "-": all
  /// @param workload empty: all
  record Filter(String namespace, String workload) {
    boolean passes(Instance instance) {
      return (namespace.equals("-") || namespace.equals(instance.getNamespace()))
          && (workload.isEmpty() || workload.equals(instance.getWorkload()));
    }
  }

  /// Someone who follows.
  ///
  /// @param filter what it wants to see
  /// @param outbox where it reads
  /// @param since the revision that it knows without being told
  private record Watcher(Filter filter, Outbox<WatchInstancesResponse> outbox, long since) {}

  void begin(Snapshot first) {
    present = first;
    ring.clear();
    ringInstances = 0;
    resumable = first.revision();
  }

  void end(String reason) {
    present = null;
    failAll(StatusMapper.refused(RefusalCode.UNAVAILABLE, reason));
  }

  /// Some changes were not seen: everyone lists again.
  void restart(Snapshot now) {
    failAll(tooSlow());
    begin(now);
  }

  private void failAll(StatusRuntimeException reason) {
    List<Watcher> all = List.copyOf(watchers);
    watchers.clear();
    all.forEach(watcher -> watcher.outbox().fail(reason));
  }

  void published(Snapshot before, Snapshot after, Changes changes) {
    present = after;
    List<Instance> changed = new ArrayList<>();
    List<Instance> removed = new ArrayList<>();
    for (InstanceChange change : changes.instances()) {
      (change.after() != null ? changed : removed).add(change.last().message());
    }
    if (changed.isEmpty() && removed.isEmpty()) {
      return;
    }
    Change change = new Change(after.revision(), changed, removed);
    remember(change);
    for (Watcher watcher : List.copyOf(watchers)) {
      boolean known = change.revision() <= watcher.since();
      if (!known && !send(watcher, change, before.revision())) {
        drop(watcher);
      }
    }
  }

  private void remember(Change change) {
    ring.addLast(change);
    ringInstances += change.size();
    while (ringInstances > RING_MAX && ring.size() > 1) {
      Change oldest = ring.removeFirst();
      ringInstances -= oldest.size();
      resumable = oldest.revision();
    }
  }

  /// Starts to follow.
  ///
  /// @param afterRevision 0: the present state first
  /// @param newest what readers see, which may be ahead of what was published here
  /// @param outbox where the watcher reads; ended here when it cannot be served
  /// @return what to run when the watcher has gone
  Runnable watch(
      Filter filter, long afterRevision, Snapshot newest, Outbox<WatchInstancesResponse> outbox) {
    Snapshot published = present;
    if (published == null) {
      outbox.fail(StatusMapper.notLeading());
      return () -> {};
    }
    Snapshot now = newest.revision() > published.revision() ? newest : published;
    if (afterRevision != 0 && (afterRevision < resumable || afterRevision > now.revision())) {
      outbox.fail(
          Status.OUT_OF_RANGE
              .withDescription(
                  "after_revision: value: %d (expected: %d to %d, or 0): list again"
                      .formatted(afterRevision, resumable, now.revision()))
              .asRuntimeException());
      return () -> {};
    }
    long since = afterRevision == 0 ? now.revision() : afterRevision;
    Watcher watcher = new Watcher(filter, outbox, since);
    watchers.add(watcher);
    boolean taken = afterRevision == 0 ? sendAll(watcher, now) : resume(watcher, afterRevision);
    if (!taken) {
      drop(watcher);
    }
    return () -> watchers.remove(watcher);
  }

  private boolean sendAll(Watcher watcher, Snapshot now) {
    List<Instance> all = new ArrayList<>();
    for (InstanceRecord instance : now.state().instances().values()) {
      all.add(instance.message());
    }
    return send(watcher, new Change(now.revision(), all, List.of()), 0, true);
  }

  private boolean resume(Watcher watcher, long afterRevision) {
    long before = afterRevision;
    for (Change change : ring) {
      if (change.revision() > afterRevision) {
        if (!send(watcher, change, before)) {
          return false;
        }
        before = change.revision();
      }
    }
    return true;
  }

  private static boolean send(Watcher watcher, Change change, long before) {
    return send(watcher, change, before, false);
  }

  /// Sends a change in parts of about 1 MiB. All parts but the last one carry the revision before,
  /// so that whoever resumes in the middle gets the whole change again.
  private static boolean send(Watcher watcher, Change change, long before, boolean synced) {
    WatchInstancesResponse.Builder part = WatchInstancesResponse.newBuilder();
    int bytes = 0;
    for (Instance instance : change.changed()) {
      if (watcher.filter().passes(instance)) {
        if (bytes > PART_BYTES) {
          if (!watcher.outbox().offer(part.setRevision(before).build())) {
            return false;
          }
          part = WatchInstancesResponse.newBuilder();
          bytes = 0;
        }
        part.addChanged(instance);
        bytes += instance.getSerializedSize();
      }
    }
    for (Instance instance : change.removed()) {
      if (watcher.filter().passes(instance)) {
        part.addRemoved(instance.getId());
      }
    }
    boolean empty = part.getChangedCount() == 0 && part.getRemovedCount() == 0 && !synced;
    return empty
        || watcher.outbox().offer(part.setRevision(change.revision()).setSynced(synced).build());
  }

  private void drop(Watcher watcher) {
    watchers.remove(watcher);
    watcher.outbox().fail(tooSlow());
  }

  private static StatusRuntimeException tooSlow() {
    return StatusMapper.refused(
        RefusalCode.RESOURCE_EXHAUSTED, "the watcher is too slow: list again, then watch again");
  }

  /// Most messages that wait for one watcher.
  static int outboxMax() {
    return OUTBOX_MAX;
  }
}
