package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Where the state survives: keys and values, written by the leader alone. Used by one thread at
/// a time; every call ends within
/// a few seconds, however the store behaves.
public interface ClusterStore extends AutoCloseable {
  /// Reads everything and remembers the versions, against which later commits are compared.
  ///
  /// @return values by key, such as "workloads/default/web"
  SortedMap<String, ByteString> load(LeaderTerm term) throws StoreException;

  /// Writes in order. Fenced: nothing is written unless the term is the store's present one and
  /// no replaced key was changed by
  /// anyone else. What exceeds the store's limits is split; each part is atomic and parts are
  /// applied in order.
  ///
  /// @throws StoreException.Fenced when this is not the leader any more or a version differs
  void commit(LeaderTerm term, List<Write> writes) throws StoreException;

  @Override
  void close();

  /// A key to write.
  ///
  /// @param key relative to the cluster's prefix
  /// @param value what to write; null: removes the key
  record Write(String key, @Nullable ByteString value) {}
}
