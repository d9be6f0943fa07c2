package dev.berth.simulation.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keys with all their versions since the last compaction.
final class KeySpace {
  private static final ByteString FROM_KEY = ByteString.copyFrom(new byte[1]);

  /// Versions by their revision; a version of 0 says that the key was deleted.
  private final NavigableMap<ByteString, NavigableMap<Long, KeyValue>> keys =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());

  private final NavigableMap<Long, List<Event>> log = new TreeMap<>();
  private final List<Event> fresh = new ArrayList<>();
  private long revision = 1;
  private long compacted;

  /// The revision of the last change.
  long revision() {
    return revision;
  }

  long compacted() {
    return compacted;
  }

  /// The revision after this transaction, as far as it went.
  long pendingRevision() {
    return fresh.isEmpty() ? revision : revision + 1;
  }

  /// Ends a transaction.
  ///
  /// @return its changes
  List<Event> commit() {
    List<Event> changes = List.copyOf(fresh);
    if (!changes.isEmpty()) {
      revision++;
      log.put(revision, changes);
      fresh.clear();
    }
    return changes;
  }

  @Nullable KeyValue get(ByteString key) {
    NavigableMap<Long, KeyValue> versions = keys.get(key);
    if (versions == null) {
      return null;
    }
    KeyValue last = versions.lastEntry().getValue();
    return last.getVersion() == 0 ? null : last;
  }

  void put(ByteString key, ByteString value, long lease) {
    KeyValue before = get(key);
    KeyValue after =
        KeyValue.newBuilder()
            .setKey(key)
            .setValue(value)
            .setLease(lease)
            .setModRevision(revision + 1)
            .setCreateRevision(before == null ? revision + 1 : before.getCreateRevision())
            .setVersion(before == null ? 1 : before.getVersion() + 1)
            .build();
    keys.computeIfAbsent(key, _ -> new TreeMap<>()).put(revision + 1, after);
    fresh.add(Event.newBuilder().setType(Event.EventType.PUT).setKv(after).build());
  }

  /// Deletes the keys of a range.
  ///
  /// @return what was there
  List<KeyValue> delete(ByteString key, ByteString end) {
    List<KeyValue> gone = range(key, end, 0);
    for (KeyValue each : gone) {
      KeyValue tombstone =
          KeyValue.newBuilder().setKey(each.getKey()).setModRevision(revision + 1).build();
      keys.computeIfAbsent(each.getKey(), _ -> new TreeMap<>()).put(revision + 1, tombstone);
      fresh.add(Event.newBuilder().setType(Event.EventType.DELETE).setKv(tombstone).build());
    }
    return gone;
  }

  /// The keys of a range.
  ///
  /// @param end empty: the one key; one zero byte: all from the key on
  /// @param at the revision; 0: now, with what this transaction did
  List<KeyValue> range(ByteString key, ByteString end, long at) {
    require(at);
    List<KeyValue> found = new ArrayList<>();
    if (end.isEmpty()) {
      NavigableMap<Long, KeyValue> versions = keys.get(key);
      if (versions != null) {
        add(found, versions, at);
      }
    } else {
      var part = end.equals(FROM_KEY) ? keys.tailMap(key, true) : part(key, end);
      part.values().forEach(versions -> add(found, versions, at));
    }
    return found;
  }

  private NavigableMap<ByteString, NavigableMap<Long, KeyValue>> part(
      ByteString key, ByteString end) {
    return ByteString.unsignedLexicographicalComparator().compare(key, end) < 0
        ? keys.subMap(key, true, end, false)
        : new TreeMap<>();
  }

  private static void add(List<KeyValue> found, NavigableMap<Long, KeyValue> versions, long at) {
    var entry = at <= 0 ? versions.lastEntry() : versions.floorEntry(at);
    if (entry != null && entry.getValue().getVersion() > 0) {
      found.add(entry.getValue());
    }
  }

  void require(long at) {
    if (at > revision) {
      throw new EtcdRefusedException(
          Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision");
    }
    if (at > 0 && at < compacted) {
      throw compactedAway();
    }
  }

  private static EtcdRefusedException compactedAway() {
    return new EtcdRefusedException(
        Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");
  }

  /// Forgets what was replaced before a revision.
  void compact(long at) {
    if (at <= compacted) {
      throw compactedAway();
    }
    require(at);
    compacted = at;
    log.headMap(at, true).clear();
    keys.values()
        .removeIf(
            versions -> {
              var kept = versions.floorEntry(at);
              if (kept != null) {
                versions.headMap(kept.getKey(), kept.getValue().getVersion() == 0).clear();
              }
              return versions.isEmpty();
            });
  }

  /// The changes of a range since a revision, in order.
  List<Event> changes(ByteString key, ByteString end, long from) {
    List<Event> found = new ArrayList<>();
    for (Event event : log.tailMap(from, true).values().stream().flatMap(List::stream).toList()) {
      if (covers(key, end, event.getKv().getKey())) {
        found.add(event);
      }
    }
    return found;
  }

  private static boolean covers(ByteString from, ByteString end, ByteString key) {
    var order = ByteString.unsignedLexicographicalComparator();
    return end.isEmpty()
        ? from.equals(key)
        : order.compare(from, key) <= 0 && (end.equals(FROM_KEY) || order.compare(key, end) < 0);
  }
}
