package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Keeps the state in etcd. Every transaction compares the leader key's create revision, and the
/// mod revision of each key that it replaces. Nothing is retried: a transaction whose outcome is
/// unknown ends the term, which fences it whenever it may still arrive.
final class EtcdClusterStore implements ClusterStore {
  private static final long PAGE = 200;

  private final KV kv;
  private final ByteSequence leaderKey;
  private final Etcd.Calls calls;
  private final Map<String, Long> versions = new HashMap<>();
  private final Deque<EtcdCommit> waiting = new ArrayDeque<>();
  private @Nullable EtcdCommit running;
  private @Nullable StoreException broken;

  EtcdClusterStore(KV kv, ByteSequence leaderKey, Etcd.Calls calls) {
    this.kv = kv;
    this.leaderKey = leaderKey;
    this.calls = calls;
  }

  @Override
  public SortedMap<String, ByteString> load(LeaderTerm term) throws StoreException {
    Map<String, Long> found = new HashMap<>();
    SortedMap<String, ByteString> values = new TreeMap<>();
    ByteSequence end = ByteSequence.from("/berth0", StandardCharsets.UTF_8);
    ByteSequence from = Etcd.key("");
    long revision = 0;
    boolean more = true;
    while (more) {
      GetOption page =
          GetOption.builder().withRange(end).withLimit(PAGE).withRevision(revision).build();
      GetResponse answer = calls.await("read the state", kv.get(from, page));
      revision = answer.getHeader().getRevision();
      for (KeyValue entry : answer.getKvs()) {
        String key = Etcd.relative(entry.getKey());
        if (entry.getKey().equals(leaderKey)) {
          requireCreatedAt(term, entry);
        } else {
          found.put(key, entry.getModRevision());
          values.put(key, ByteString.copyFrom(entry.getValue().getBytes()));
        }
        from = entry.getKey().concat(ByteSequence.from(new byte[1]));
      }
      more = answer.isMore();
    }
    synchronized (this) {
      versions.clear();
      versions.putAll(found);
      waiting.clear();
      running = null;
      broken = null;
    }
    return values;
  }

  private static void requireCreatedAt(LeaderTerm term, KeyValue leader)
      throws StoreException.Fenced {
    if (leader.getCreateRevision() != term.createRevision()) {
      throw new StoreException.Fenced(
          "another controller leads: its key was created at revision %d (expected: %d)"
              .formatted(leader.getCreateRevision(), term.createRevision()));
    }
  }

  @Override
  public CompletableFuture<@Nullable Void> commit(LeaderTerm term, List<List<Write>> stages) {
    EtcdCommit commit =
        new EtcdCommit(new EtcdCommit.Target(kv, leaderKey, calls.limit()), term, stages, this);
    synchronized (this) {
      StoreException before = broken;
      if (before != null) {
        return CompletableFuture.failedFuture(before);
      }
      waiting.add(commit);
    }
    advance();
    return commit.done();
  }

  /// Begins the next commit when none runs: its versions are known only then.
  private void advance() {
    EtcdCommit next;
    synchronized (this) {
      if (running != null || waiting.isEmpty()) {
        return;
      }
      next = waiting.remove();
      running = next;
    }
    next.start();
  }

  /// The version that a key must still have; 0: none.
  synchronized long version(String key) {
    return versions.getOrDefault(key, 0L);
  }

  /// Some writes of the running commit are durable.
  synchronized void written(List<Write> writes, long revision) {
    for (Write write : writes) {
      if (write.value() == null) {
        versions.remove(write.key());
      } else {
        versions.put(write.key(), revision);
      }
    }
  }

  /// The running commit has ended.
  void ended(EtcdCommit commit, @Nullable StoreException failure) {
    List<EtcdCommit> given;
    synchronized (this) {
      if (running == commit) {
        running = null;
      }
      if (failure == null) {
        given = List.of();
      } else {
        broken = failure;
        given = List.copyOf(waiting);
        waiting.clear();
      }
    }
    commit.complete(failure);
    given.forEach(each -> each.complete(failure));
    advance();
  }

  @Override
  public void close() {
    StoreException closed = new StoreException("the store was closed");
    List<EtcdCommit> given;
    synchronized (this) {
      broken = closed;
      given = List.copyOf(waiting);
      waiting.clear();
    }
    given.forEach(each -> each.complete(closed));
  }
}
