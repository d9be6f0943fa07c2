package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import dev.berth.controller.store.ClusterStore.Write;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One commit on its way to etcd: parts within etcd's limits, those of one stage several at a time,
/// so that their fsyncs and their work overlap.
final class EtcdCommit {
  // One of etcd's 128 is the comparison of the leader key.
  private static final int MAX_OPERATIONS = 127;
  // etcd refuses 1.5 MiB; the rest is for what the messages add.
  private static final int MAX_BYTES = 1_400_000;
  private static final int OPERATION_OVERHEAD_BYTES = 96;
  private static final int IN_FLIGHT_MAX = 8;

  private final Target target;
  private final LeaderTerm term;
  private final Deque<Deque<List<Write>>> stages;
  private final EtcdClusterStore store;
  private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
  private int inFlight;
  private boolean over;

  /// Where it goes.
  ///
  /// @param limit of each transaction
  record Target(KV kv, ByteSequence leaderKey, Duration limit) {}

  EtcdCommit(Target target, LeaderTerm term, List<List<Write>> stages, EtcdClusterStore store) {
    this.target = target;
    this.term = term;
    this.store = store;
    this.stages = parts(stages);
  }

  CompletableFuture<@Nullable Void> done() {
    return done;
  }

  void complete(@Nullable StoreException failure) {
    if (failure == null) {
      done.complete(null);
    } else {
      done.completeExceptionally(failure);
    }
  }

  /// All in one transaction when it fits, else each stage in as few as fit.
  private static Deque<Deque<List<Write>>> parts(List<List<Write>> stages) {
    List<Write> all = stages.stream().flatMap(List::stream).toList();
    Deque<List<Write>> whole = split(all);
    Deque<Deque<List<Write>>> result = new ArrayDeque<>();
    if (whole.size() <= 1) {
      result.add(whole);
    } else {
      stages.forEach(stage -> result.add(split(stage)));
    }
    return result;
  }

  private static Deque<List<Write>> split(List<Write> writes) {
    Deque<List<Write>> parts = new ArrayDeque<>();
    List<Write> part = new ArrayList<>();
    long bytes = 0;
    for (Write write : writes) {
      long size = sizeOf(write);
      if (!part.isEmpty() && (part.size() == MAX_OPERATIONS || bytes + size > MAX_BYTES)) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(write);
      bytes += size;
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  private static long sizeOf(Write write) {
    ByteString value = write.value();
    return 2L * write.key().length()
        + (value == null ? 0 : value.size())
        + OPERATION_OVERHEAD_BYTES;
  }

  void start() {
    advance();
  }

  /// Sends what may be sent, and ends when nothing is left.
  private void advance() {
    List<List<Write>> next = new ArrayList<>();
    boolean ended = false;
    synchronized (this) {
      if (over) {
        return;
      }
      while (inFlight == 0 && !stages.isEmpty() && stages.getFirst().isEmpty()) {
        stages.removeFirst();
      }
      if (stages.isEmpty()) {
        over = true;
        ended = true;
      } else {
        Deque<List<Write>> stage = stages.getFirst();
        while (inFlight < IN_FLIGHT_MAX && !stage.isEmpty()) {
          next.add(stage.removeFirst());
          inFlight++;
        }
      }
    }
    if (ended) {
      store.ended(this, null);
    }
    next.forEach(this::send);
  }

  private void send(List<Write> part) {
    var _ =
        target
            .kv()
            .txn()
            .If(comparisons(part))
            .Then(operations(part))
            .commit()
            .orTimeout(target.limit().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((answer, failure) -> answered(part, answer, failure));
  }

  private Cmp[] comparisons(List<Write> part) {
    Cmp[] comparisons = new Cmp[part.size() + 1];
    comparisons[0] =
        new Cmp(target.leaderKey(), Cmp.Op.EQUAL, CmpTarget.createRevision(term.createRevision()));
    for (int i = 0; i < part.size(); i++) {
      String key = part.get(i).key();
      comparisons[i + 1] =
          new Cmp(Etcd.key(key), Cmp.Op.EQUAL, CmpTarget.modRevision(store.version(key)));
    }
    return comparisons;
  }

  private static Op[] operations(List<Write> part) {
    Op[] operations = new Op[part.size()];
    for (int i = 0; i < operations.length; i++) {
      ByteSequence key = Etcd.key(part.get(i).key());
      ByteString value = part.get(i).value();
      operations[i] =
          value == null
              ? Op.delete(key, DeleteOption.DEFAULT)
              : Op.put(key, ByteSequence.from(value), PutOption.DEFAULT);
    }
    return operations;
  }

  private void answered(
      List<Write> part, @Nullable TxnResponse answer, @Nullable Throwable failure) {
    StoreException problem = problem(part, answer, failure);
    if (problem == null && answer != null) {
      store.written(part, answer.getHeader().getRevision());
      synchronized (this) {
        inFlight--;
      }
      advance();
      return;
    }
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    store.ended(this, problem);
  }

  private @Nullable StoreException problem(
      List<Write> part, @Nullable TxnResponse answer, @Nullable Throwable failure) {
    if (failure instanceof TimeoutException) {
      return new StoreException(
          "etcd did not answer commit within " + target.limit().toMillis() + " ms", failure);
    }
    if (failure != null || answer == null) {
      return new StoreException("etcd failed to commit: " + failure, failure);
    }
    return answer.isSucceeded()
        ? null
        : new StoreException.Fenced(
            "etcd refused a commit: another controller leads, or changed "
                + part.stream().map(Write::key).limit(3).toList());
  }
}
