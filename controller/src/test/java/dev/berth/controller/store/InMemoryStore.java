package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A store in memory with the semantics of etcd that the controller relies on: revisions, fenced
/// transactions, one leader key. Several connections share it. Failures can be planned.
public final class InMemoryStore {
  private record Versioned(ByteString value, long modRevision) {}

  private final SortedMap<String, Versioned> values = new TreeMap<>();
  private long revision = 1;
  private long leader;
  private @Nullable String failBefore;
  private @Nullable String failAfter;
  private long commits;

  /// The next commit fails and has applied nothing.
  public synchronized void failNextCommit(String why) {
    failBefore = why;
  }

  /// The next commit is applied and then reported as failed: its outcome is unknown.
  public synchronized void loseNextAnswer(String why) {
    failAfter = why;
  }

  /// Ends the present leader's lease, as if it had expired.
  public synchronized void endLease() {
    leader = 0;
    notifyAll();
  }

  /// Writes what no leader wrote.
  public synchronized void put(String key, ByteString value) {
    values.put(key, new Versioned(value, ++revision));
  }

  /// All values, as they are stored.
  public synchronized List<ByteString> contents() {
    return values.values().stream().map(Versioned::value).toList();
  }

  /// How many commits were applied.
  public synchronized long commits() {
    return commits;
  }

  /// Another connection to this store.
  public ClusterStore store() {
    return new Store();
  }

  /// Another candidate.
  public LeaderElection election() {
    return new Election();
  }

  private synchronized SortedMap<String, ByteString> load(
      LeaderTerm term, Map<String, Long> versions) throws StoreException {
    if (leader != term.epoch()) {
      throw new StoreException.Fenced("another leads");
    }
    versions.clear();
    SortedMap<String, ByteString> loaded = new TreeMap<>();
    values.forEach(
        (key, versioned) -> {
          loaded.put(key, versioned.value());
          versions.put(key, versioned.modRevision());
        });
    return loaded;
  }

  private synchronized void commit(
      LeaderTerm term, List<ClusterStore.Write> writes, Map<String, Long> versions)
      throws StoreException {
    String before = failBefore;
    if (before != null) {
      failBefore = null;
      throw new StoreException(before);
    }
    if (leader != term.epoch()) {
      throw new StoreException.Fenced("another leads");
    }
    for (ClusterStore.Write write : writes) {
      Versioned present = values.get(write.key());
      long actual = present == null ? 0 : present.modRevision();
      if (actual != versions.getOrDefault(write.key(), 0L)) {
        throw new StoreException.Fenced(write.key() + " was changed");
      }
    }
    revision++;
    commits++;
    for (ClusterStore.Write write : writes) {
      ByteString value = write.value();
      if (value == null) {
        values.remove(write.key());
        versions.remove(write.key());
      } else {
        values.put(write.key(), new Versioned(value, revision));
        versions.put(write.key(), revision);
      }
    }
    String after = failAfter;
    if (after != null) {
      failAfter = null;
      throw new StoreException(after);
    }
  }

  private final class Store implements ClusterStore {
    private final Map<String, Long> versions = new HashMap<>();

    @Override
    public SortedMap<String, ByteString> load(LeaderTerm term) throws StoreException {
      return InMemoryStore.this.load(term, versions);
    }

    @Override
    public CompletableFuture<@Nullable Void> commit(LeaderTerm term, List<List<Write>> stages) {
      try {
        InMemoryStore.this.commit(term, stages.stream().flatMap(List::stream).toList(), versions);
        return CompletableFuture.completedFuture(null);
      } catch (StoreException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void close() {}
  }

  private final class Election implements LeaderElection {
    @Override
    public LeaderTerm campaign() throws InterruptedException {
      synchronized (InMemoryStore.this) {
        while (leader != 0) {
          TimeUnit.SECONDS.timedWait(InMemoryStore.this, 60);
        }
        leader = ++revision;
        return new LeaderTerm(leader, leader);
      }
    }

    @Override
    public boolean holds(LeaderTerm term) {
      synchronized (InMemoryStore.this) {
        return leader == term.epoch();
      }
    }

    @Override
    public void resign(LeaderTerm term) {
      synchronized (InMemoryStore.this) {
        if (leader == term.epoch()) {
          endLease();
        }
      }
    }

    @Override
    public void close() {}
  }
}
