package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.berth.store.v1.StoredCluster;
import dev.berth.v1.SaveSnapshotResponse;
import dev.berth.v1.SnapshotEntry;
import dev.berth.v1.SnapshotHeader;
import dev.berth.v1.SnapshotPage;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Copies everything that is stored, as of one revision, and puts such a copy into an empty etcd.
public final class EtcdSnapshots {
  private static final String CLUSTER = "cluster";

  /// A layout that no controller knows: whoever starts during a restore refuses what is there.
  private static final int UNFINISHED = -1;

  /// Epochs go on this far above those that agents may have obeyed since the copy was made: as many
  /// writes as the old etcd may have taken meanwhile.
  private static final long EPOCHS_AHEAD = 1L << 32;

  private static final int MAX_OPERATIONS = 100;
  private static final int MAX_BYTES = 1_000_000;

  private final KV kv;
  private final Etcd.Calls calls;

  EtcdSnapshots(KV kv, Etcd.Calls calls) {
    this.kv = kv;
    this.calls = calls;
  }

  /// Reads all of it: the header, then pages.
  ///
  /// @throws StoreException when there is no cluster or etcd fails meanwhile
  public void save(Consumer<SaveSnapshotResponse> parts) throws StoreException {
    GetResponse first = calls.await("read the cluster's record", kv.get(Etcd.key(CLUSTER)));
    if (first.getKvs().isEmpty()) {
      throw new StoreException("etcd holds no cluster yet");
    }
    long revision = first.getHeader().getRevision();
    StoredCluster cluster =
        cluster(ByteString.copyFrom(first.getKvs().getFirst().getValue().getBytes()));
    Instant now = Instant.now();
    SnapshotHeader header =
        SnapshotHeader.newBuilder()
            .setClusterUid(cluster.getUid())
            .setSchemaVersion(cluster.getSchemaVersion())
            .setRevision(revision)
            .setEpoch(cluster.getEpochBase() + revision)
            .setCreateTime(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .setEntries(count(revision))
            .build();
    parts.accept(SaveSnapshotResponse.newBuilder().setHeader(header).build());
    var _ = KeyRange.read(kv, calls, revision, page -> sendPage(page, parts));
  }

  private long count(long revision) throws StoreException {
    long all = count(Etcd.key(""), GetOption.builder().withRange(KeyRange.END), revision);
    long leader = count(Etcd.key(Etcd.LEADER), GetOption.builder(), revision);
    long controllers =
        count(Etcd.key(Etcd.CONTROLLERS), GetOption.builder().isPrefix(true), revision);
    return all - leader - controllers;
  }

  private long count(ByteSequence key, GetOption.Builder option, long revision)
      throws StoreException {
    GetOption counting = option.withCountOnly(true).withRevision(revision).build();
    return calls.await("count keys", kv.get(key, counting)).getCount();
  }

  private static void sendPage(List<KeyValue> entries, Consumer<SaveSnapshotResponse> parts) {
    SnapshotPage.Builder page = SnapshotPage.newBuilder();
    int bytes = 0;
    for (KeyValue entry : entries) {
      String key = Etcd.relative(entry.getKey());
      if (!KeyRange.isState(key)) {
        continue;
      }
      ByteString value = ByteString.copyFrom(entry.getValue().getBytes());
      if (bytes > 0 && bytes + value.size() > MAX_BYTES) {
        parts.accept(SaveSnapshotResponse.newBuilder().setPage(page).build());
        page.clear();
        bytes = 0;
      }
      page.addEntries(SnapshotEntry.newBuilder().setKey(key).setValue(value));
      bytes += value.size() + key.length();
    }
    if (page.getEntriesCount() > 0) {
      parts.accept(SaveSnapshotResponse.newBuilder().setPage(page).build());
    }
  }

  /// Puts a copy into an etcd that holds no cluster. Until it is done, controllers refuse what is
  /// there; when it fails, etcd must be emptied before the next try.
  ///
  /// @return what was restored
  /// @throws IOException when the file is no whole snapshot
  /// @throws StoreException when etcd is not empty, or fails
  public SnapshotHeader restore(Path file) throws IOException, StoreException {
    SnapshotFile snapshot = SnapshotFile.open(file);
    // Once without writing: what cannot be read to its end is not begun.
    Tally expected = new Tally();
    SnapshotHeader header = snapshot.read(expected::count);
    if (expected.entries != header.getEntries() || expected.cluster == null) {
      throw new IOException(
          "%s: entries: %d (expected: %d, the cluster's record among them)"
              .formatted(file, expected.entries, header.getEntries()));
    }
    requireEmpty();
    StoredCluster cluster = cluster(expected.cluster);
    writeCluster(cluster.toBuilder().setSchemaVersion(UNFINISHED).build(), 0);
    Writer writer = new Writer();
    var _ = snapshot.read(writer::take);
    writer.flush();
    writeCluster(cluster.toBuilder().setEpochBase(header.getEpoch() + EPOCHS_AHEAD).build(), 1);
    return header;
  }

  private void requireEmpty() throws StoreException {
    long keys = count(Etcd.key(""), GetOption.builder().withRange(KeyRange.END), 0);
    if (keys > 0) {
      throw new StoreException(
          "etcd holds "
              + keys
              + " keys below /berth/ (expected: none): stop all controllers, and restore into a"
              + " new etcd");
    }
  }

  /// @param version of the record that is replaced, 0: none
  private void writeCluster(StoredCluster cluster, long version) throws StoreException {
    ByteSequence key = Etcd.key(CLUSTER);
    TxnResponse answer =
        calls.await(
            "write the cluster's record",
            kv.txn()
                .If(
                    new Cmp(key, Cmp.Op.EQUAL, CmpTarget.version(version)),
                    new Cmp(Etcd.key(Etcd.LEADER), Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                .Then(Op.put(key, ByteSequence.from(cluster.toByteString()), PutOption.DEFAULT))
                .commit());
    if (!answer.isSucceeded()) {
      throw new StoreException(
          "a controller or another restore writes to the same etcd: stop it, and begin with an"
              + " empty etcd again");
    }
  }

  private static StoredCluster cluster(ByteString value) throws StoreException {
    try {
      return StoredCluster.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("the cluster's record cannot be read: " + e.getMessage(), e);
    }
  }

  /// Counts what is there.
  private static final class Tally {
    private long entries;
    private @org.jspecify.annotations.Nullable ByteString cluster;

    void count(SaveSnapshotResponse part) {
      for (SnapshotEntry entry : part.getPage().getEntriesList()) {
        entries++;
        if (entry.getKey().equals(CLUSTER)) {
          cluster = entry.getValue();
        }
      }
    }
  }

  /// Writes entries, many in a transaction.
  private final class Writer {
    private final List<Op> operations = new ArrayList<>();
    private long bytes;

    void take(SaveSnapshotResponse part) throws StoreException {
      for (SnapshotEntry entry : part.getPage().getEntriesList()) {
        if (entry.getKey().equals(CLUSTER)) {
          continue;
        }
        if (operations.size() == MAX_OPERATIONS || bytes + entry.getValue().size() > MAX_BYTES) {
          flush();
        }
        operations.add(
            Op.put(
                Etcd.key(entry.getKey()), ByteSequence.from(entry.getValue()), PutOption.DEFAULT));
        bytes += entry.getValue().size();
      }
    }

    void flush() throws StoreException {
      if (!operations.isEmpty()) {
        var _ = calls.await("write entries", kv.txn().Then(operations.toArray(Op[]::new)).commit());
        operations.clear();
        bytes = 0;
      }
    }
  }
}
