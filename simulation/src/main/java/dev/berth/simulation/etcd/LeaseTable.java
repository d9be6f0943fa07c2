package dev.berth.simulation.etcd;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Leases and the keys that end with them. Times are in nanoseconds of etcd's own clock.
final class LeaseTable {
  private static final long MIN_SECONDS = 2;
  private static final long MAX_SECONDS = 9_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final SortedMap<Long, Lease> leases = new TreeMap<>();
  private long lastId = 7_587_000_000L;

  /// One lease.
  private static final class Lease {
    final long seconds;
    final SortedSet<ByteString> keys =
        new TreeSet<>(ByteString.unsignedLexicographicalComparator());
    long end;

    Lease(long seconds, long end) {
      this.seconds = seconds;
      this.end = end;
    }
  }

  /// A lease as it was granted.
  record Granted(long id, long seconds) {}

  Granted grant(long wantedId, long wantedSeconds, long now) {
    if (wantedSeconds > MAX_SECONDS) {
      throw new EtcdRefusedException(Status.Code.OUT_OF_RANGE, "etcdserver: too large lease TTL");
    }
    if (leases.containsKey(wantedId)) {
      throw new EtcdRefusedException(
          Status.Code.FAILED_PRECONDITION, "etcdserver: lease already exists");
    }
    long id = wantedId == 0 ? ++lastId : wantedId;
    long seconds = Math.max(MIN_SECONDS, wantedSeconds);
    leases.put(id, new Lease(seconds, now + seconds * SECOND));
    return new Granted(id, seconds);
  }

  /// Prolongs a lease.
  ///
  /// @return its length in seconds; 0: there is none
  long keep(long id, long now) {
    Lease lease = leases.get(id);
    if (lease == null) {
      return 0;
    }
    lease.end = now + lease.seconds * SECOND;
    return lease.seconds;
  }

  /// Ends a lease.
  ///
  /// @return the keys that end with it, in order
  List<ByteString> end(long id) {
    Lease lease = leases.remove(id);
    if (lease == null) {
      throw notFound();
    }
    return List.copyOf(lease.keys);
  }

  boolean exists(long id) {
    return leases.containsKey(id);
  }

  /// The length of a lease in seconds; -1: there is none.
  long seconds(long id) {
    Lease lease = leases.get(id);
    return lease == null ? -1 : lease.seconds;
  }

  List<ByteString> keys(long id) {
    Lease lease = leases.get(id);
    return lease == null ? List.of() : List.copyOf(lease.keys);
  }

  void require(long id) {
    if (id != 0 && !leases.containsKey(id)) {
      throw notFound();
    }
  }

  private static EtcdRefusedException notFound() {
    return new EtcdRefusedException(Status.Code.NOT_FOUND, "etcdserver: requested lease not found");
  }

  /// A key moved from one lease to another; 0: none.
  void attach(ByteString key, long before, long after) {
    Lease left = leases.get(before);
    if (left != null) {
      left.keys.remove(key);
    }
    Lease joined = leases.get(after);
    if (joined != null) {
      joined.keys.add(key);
    }
  }

  /// The leases that ended before a moment.
  List<Long> ended(long now) {
    List<Long> ended = new ArrayList<>();
    leases.forEach(
        (id, lease) -> {
          if (lease.end <= now) {
            ended.add(id);
          }
        });
    return ended;
  }

  /// When the next lease ends; null: there is none.
  @Nullable Long nextEnd() {
    Long next = null;
    for (Lease lease : leases.values()) {
      next = next == null ? lease.end : Math.min(next, lease.end);
    }
    return next;
  }

  /// A new leader of etcd gives every lease its whole length again.
  void renewAll(long now) {
    leases.values().forEach(lease -> lease.end = now + lease.seconds * SECOND);
  }
}
