package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Keeps the state in etcd. Every transaction compares the leader key's create revision, and the
/// mod revision of each key that it replaces. Nothing is retried: a transaction whose outcome is
/// unknown ends the term, which fences it whenever it may still arrive.
final class EtcdClusterStore implements ClusterStore {
  private static final long PAGE = 200;
  // One of etcd's 128 is the comparison of the leader key.
  private static final int MAX_OPERATIONS = 127;
  // etcd refuses 1.5 MiB; the rest is for what the messages add.
  private static final int MAX_BYTES = 1_400_000;
  private static final int OPERATION_OVERHEAD_BYTES = 96;

  private final KV kv;
  private final ByteSequence leaderKey;
  private final Etcd.Calls calls;
  private final Map<String, Long> versions = new HashMap<>();

  EtcdClusterStore(KV kv, ByteSequence leaderKey, Etcd.Calls calls) {
    this.kv = kv;
    this.leaderKey = leaderKey;
    this.calls = calls;
  }

  @Override
  public SortedMap<String, ByteString> load(LeaderTerm term) throws StoreException {
    versions.clear();
    SortedMap<String, ByteString> values = new TreeMap<>();
    ByteSequence prefix = Etcd.key("");
    ByteSequence end = ByteSequence.from("/berth0", StandardCharsets.UTF_8);
    ByteSequence from = prefix;
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
          versions.put(key, entry.getModRevision());
          values.put(key, ByteString.copyFrom(entry.getValue().getBytes()));
        }
        from = entry.getKey().concat(ByteSequence.from(new byte[1]));
      }
      more = answer.isMore();
    }
    return values;
  }

  private static void requireCreatedAt(LeaderTerm term, KeyValue leader)
      throws StoreException.Fenced {
    if (leader.getCreateRevision() != term.epoch()) {
      throw new StoreException.Fenced(
          "another controller leads: epoch %d (expected: %d)"
              .formatted(leader.getCreateRevision(), term.epoch()));
    }
  }

  @Override
  public void commit(LeaderTerm term, List<Write> writes) throws StoreException {
    List<Write> part = new ArrayList<>();
    long bytes = 0;
    for (Write write : writes) {
      long size = sizeOf(write);
      if (!part.isEmpty() && (part.size() == MAX_OPERATIONS || bytes + size > MAX_BYTES)) {
        commitPart(term, part);
        part.clear();
        bytes = 0;
      }
      part.add(write);
      bytes += size;
    }
    if (!part.isEmpty()) {
      commitPart(term, part);
    }
  }

  private static long sizeOf(Write write) {
    ByteString value = write.value();
    return 2L * write.key().length()
        + (value == null ? 0 : value.size())
        + OPERATION_OVERHEAD_BYTES;
  }

  private void commitPart(LeaderTerm term, List<Write> part) throws StoreException {
    List<Cmp> comparisons = new ArrayList<>(part.size() + 1);
    List<Op> operations = new ArrayList<>(part.size());
    comparisons.add(new Cmp(leaderKey, Cmp.Op.EQUAL, CmpTarget.createRevision(term.epoch())));
    for (Write write : part) {
      ByteSequence key = Etcd.key(write.key());
      ByteString value = write.value();
      comparisons.add(
          new Cmp(
              key, Cmp.Op.EQUAL, CmpTarget.modRevision(versions.getOrDefault(write.key(), 0L))));
      operations.add(
          value == null
              ? Op.delete(key, DeleteOption.DEFAULT)
              : Op.put(key, ByteSequence.from(value), PutOption.DEFAULT));
    }
    TxnResponse answer =
        calls.await(
            "commit",
            kv.txn()
                .If(comparisons.toArray(Cmp[]::new))
                .Then(operations.toArray(Op[]::new))
                .commit());
    if (!answer.isSucceeded()) {
      throw new StoreException.Fenced(
          "etcd refused a commit: another controller leads, or changed "
              + part.stream().map(Write::key).limit(3).toList());
    }
    long revision = answer.getHeader().getRevision();
    for (Write write : part) {
      if (write.value() == null) {
        versions.remove(write.key());
      } else {
        versions.put(write.key(), revision);
      }
    }
  }

  @Override
  public void close() {
    versions.clear();
  }
}
