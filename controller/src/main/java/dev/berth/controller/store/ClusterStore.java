package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Where the state survives: keys and values, written by the leader alone. Used by one thread at
/// a time; every call and every commit ends within a few seconds, however the store behaves.
public interface ClusterStore extends AutoCloseable {
  /// Reads everything and remembers the versions, against which later commits are compared.
  ///
  /// @return values by key, such as "workloads/default/web"
  SortedMap<String, ByteString> load(LeaderTerm term) throws StoreException;

  /// Begins to write and does not wait. Fenced: nothing is written unless the term is the store's
  /// present one and no replaced key was changed by anyone else. What exceeds the store's limits is
  /// split into parts, each of which is atomic.
  ///
  /// A commit is written after those begun before it, and a stage after the stages before it. The
  /// parts of one stage may be written in any order: a stage must be such that any part of it is
  /// good alone.
  ///
  /// @param stages what to write; a key at most once in all
  /// @return completes when all is durable, or exceptionally with a [StoreException]: a
  ///    [StoreException.Fenced] when this is not the leader any more or a version differs. Then
  ///     all later commits fail, too, until the state is loaded again.
  CompletableFuture<@Nullable Void> commit(LeaderTerm term, List<List<Write>> stages);

  @Override
  void close();

  /// A key to write.
  ///
  /// @param key relative to the cluster's prefix
  /// @param value what to write; null: removes the key
  record Write(String key, @Nullable ByteString value) {}
}
