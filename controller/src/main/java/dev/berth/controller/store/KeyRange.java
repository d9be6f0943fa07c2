package dev.berth.controller.store;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads everything below the cluster's prefix as it was at one revision, page by page.
final class KeyRange {
  private static final long PAGE = 200;

  /// Where the range ends: the first key after all that begin with "/berth/".
  static final ByteSequence END = ByteSequence.from("/berth0", StandardCharsets.UTF_8);

  private KeyRange() {}

  /// Takes a page.
  @FunctionalInterface
  interface Pages {
    /// Takes it.
    ///
    /// @param entries in order of their keys
    void take(List<KeyValue> entries) throws StoreException;
  }

  /// Reads all of it.
  ///
  /// @param revision as of when; 0: now
  /// @return the revision that was read
  static long read(KV kv, Etcd.Calls calls, long revision, Pages pages) throws StoreException {
    ByteSequence from = Etcd.key("");
    long at = revision;
    boolean more = true;
    while (more) {
      GetOption page = GetOption.builder().withRange(END).withLimit(PAGE).withRevision(at).build();
      GetResponse answer = calls.await("read the state", kv.get(from, page));
      if (at == 0) {
        at = answer.getHeader().getRevision();
      }
      List<KeyValue> entries = answer.getKvs();
      if (!entries.isEmpty()) {
        pages.take(entries);
        from = entries.getLast().getKey().concat(ByteSequence.from(new byte[1]));
      }
      more = answer.isMore();
    }
    return at;
  }

  /// Whether a key is part of the state: not who leads, nor which controllers run.
  static boolean isState(String relative) {
    return !relative.equals(Etcd.LEADER) && !relative.startsWith(Etcd.CONTROLLERS);
  }
}
