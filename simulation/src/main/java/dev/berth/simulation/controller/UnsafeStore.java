package dev.berth.simulation.controller;

import com.google.protobuf.ByteString;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StoreException;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.SimulatedProcess;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A store with a planted bug: it promises what is not durable yet, or lets commits overtake each
/// other.
final class UnsafeStore implements ClusterStore {
  private static final long BEHIND_NANOS = 200_000_000L;

  private final ClusterStore store;
  private final SimulatedProcess process;
  private final Bugs bugs;
  private long commits;

  UnsafeStore(ClusterStore store, SimulatedProcess process, Bugs bugs) {
    this.store = store;
    this.process = process;
    this.bugs = bugs;
  }

  @Override
  public SortedMap<String, ByteString> load(LeaderTerm term) throws StoreException {
    return store.load(term);
  }

  @Override
  public CompletableFuture<@Nullable Void> commit(LeaderTerm term, List<List<Write>> stages) {
    commits++;
    boolean behind = bugs.has(PlantedBug.ACKNOWLEDGED_BEFORE_DURABLE) || commits % 2 == 0;
    if (!behind) {
      return store.commit(term, stages);
    }
    process.after(
        BEHIND_NANOS,
        () -> {
          var _ = store.commit(term, stages);
        });
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    store.close();
  }
}
