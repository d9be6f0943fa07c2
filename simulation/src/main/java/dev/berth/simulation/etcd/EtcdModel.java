package dev.berth.simulation.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.CompactionResponse;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What etcd 3.4 answers, request by request, in memory: keys with revisions, transactions, leases,
/// watches, compaction, and the alarm of a full disk. Every request is applied as a whole, at once
/// and durably; what can happen on the way to etcd and back is not its business.
///
/// Left out, because Berth does not use it: sorted and filtered ranges, transactions inside
/// transactions, comparisons of ranges, and puts that keep a key's value or lease.
public final class EtcdModel {
  private static final int MAX_REQUEST_BYTES = 3 << 19;

  private final LongSupplier clock;
  private final KeySpace keys = new KeySpace();
  private final LeaseTable leases = new LeaseTable();
  private final List<Consumer<List<Event>>> watchers = new ArrayList<>();
  private boolean full;

  /// @param clock nanoseconds on etcd's own monotonic clock
  public EtcdModel(LongSupplier clock) {
    this.clock = clock;
  }

  /// Sets or clears the alarm of a full disk.
  public void setFull(boolean full) {
    this.full = full;
  }

  /// The revision of the last change.
  public long revision() {
    return keys.revision();
  }

  /// One key as it is now; null: there is none.
  public @Nullable KeyValue get(ByteString key) {
    return keys.get(key);
  }

  /// Is told the changes of every request that changes something, in order.
  public void observe(Consumer<List<Event>> watcher) {
    watchers.add(watcher);
  }

  /// Reads keys.
  public RangeResponse range(RangeRequest request) {
    requireKey(request.getKey());
    return read(request);
  }

  /// Writes a key.
  public PutResponse put(PutRequest request) {
    requireKey(request.getKey());
    requireSize(request);
    requireSpace();
    leases.require(request.getLease());
    PutResponse answer = write(request);
    publish();
    return answer;
  }

  /// Deletes keys.
  public DeleteRangeResponse delete(DeleteRangeRequest request) {
    requireKey(request.getKey());
    DeleteRangeResponse answer = remove(request);
    publish();
    return answer;
  }

  /// Compares and then does one or the other, at once.
  public TxnResponse txn(TxnRequest request) {
    Transactions.check(request);
    requireSize(request);
    if (full && (writes(request.getSuccessList()) || writes(request.getFailureList()))) {
      throw noSpace();
    }
    boolean succeeded = true;
    for (Compare comparison : request.getCompareList()) {
      succeeded &= Transactions.holds(comparison, keys.get(comparison.getKey()));
    }
    List<RequestOp> operations = succeeded ? request.getSuccessList() : request.getFailureList();
    for (RequestOp operation : operations) {
      if (operation.hasRequestPut()) {
        leases.require(operation.getRequestPut().getLease());
      } else if (operation.hasRequestRange()) {
        keys.require(operation.getRequestRange().getRevision());
      }
    }
    TxnResponse.Builder answer = TxnResponse.newBuilder().setSucceeded(succeeded);
    operations.forEach(operation -> answer.addResponses(apply(operation)));
    publish();
    return answer.setHeader(header(keys.revision())).build();
  }

  private static boolean writes(List<RequestOp> operations) {
    return operations.stream().anyMatch(RequestOp::hasRequestPut);
  }

  private ResponseOp apply(RequestOp operation) {
    ResponseOp.Builder answer = ResponseOp.newBuilder();
    return switch (operation.getRequestCase()) {
      case REQUEST_PUT -> answer.setResponsePut(write(operation.getRequestPut())).build();
      case REQUEST_DELETE_RANGE ->
          answer.setResponseDeleteRange(remove(operation.getRequestDeleteRange())).build();
      case REQUEST_RANGE -> answer.setResponseRange(read(operation.getRequestRange())).build();
      case REQUEST_TXN, REQUEST_NOT_SET ->
          throw new IllegalArgumentException("operation: " + operation.getRequestCase());
    };
  }

  private RangeResponse read(RangeRequest request) {
    List<KeyValue> found =
        keys.range(request.getKey(), request.getRangeEnd(), request.getRevision());
    RangeResponse.Builder answer =
        RangeResponse.newBuilder().setHeader(header(keys.pendingRevision())).setCount(found.size());
    if (request.getCountOnly()) {
      return answer.build();
    }
    long limit = request.getLimit() > 0 ? request.getLimit() : found.size();
    for (KeyValue each : found.subList(0, (int) Math.min(limit, found.size()))) {
      answer.addKvs(request.getKeysOnly() ? each.toBuilder().clearValue().build() : each);
    }
    return answer.setMore(found.size() > limit).build();
  }

  private PutResponse write(PutRequest request) {
    KeyValue before = keys.get(request.getKey());
    keys.put(request.getKey(), request.getValue(), request.getLease());
    leases.attach(request.getKey(), before == null ? 0 : before.getLease(), request.getLease());
    PutResponse.Builder answer = PutResponse.newBuilder().setHeader(header(keys.pendingRevision()));
    if (request.getPrevKv() && before != null) {
      answer.setPrevKv(before);
    }
    return answer.build();
  }

  private DeleteRangeResponse remove(DeleteRangeRequest request) {
    List<KeyValue> gone = keys.delete(request.getKey(), request.getRangeEnd());
    gone.forEach(each -> leases.attach(each.getKey(), each.getLease(), 0));
    DeleteRangeResponse.Builder answer =
        DeleteRangeResponse.newBuilder()
            .setHeader(header(keys.pendingRevision()))
            .setDeleted(gone.size());
    if (request.getPrevKv()) {
      answer.addAllPrevKvs(gone);
    }
    return answer.build();
  }

  /// Forgets old versions.
  public CompactionResponse compact(CompactionRequest request) {
    keys.compact(request.getRevision());
    return CompactionResponse.newBuilder().setHeader(header(keys.revision())).build();
  }

  /// The changes of a range of keys since a revision.
  ///
  /// @throws EtcdRefusedException when they have been compacted away
  public List<Event> changes(ByteString key, ByteString end, long from) {
    if (from < keys.compacted() + 1 && keys.compacted() > 0) {
      throw new EtcdRefusedException(
          Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");
    }
    return keys.changes(key, end, from);
  }

  /// Grants a lease.
  public LeaseGrantResponse grant(LeaseGrantRequest request) {
    requireSpace();
    LeaseTable.Granted granted = leases.grant(request.getID(), request.getTTL(), clock.getAsLong());
    return LeaseGrantResponse.newBuilder()
        .setHeader(header(keys.revision()))
        .setID(granted.id())
        .setTTL(granted.seconds())
        .build();
  }

  /// Prolongs a lease; answers a length of 0 when there is none.
  public LeaseKeepAliveResponse keepAlive(LeaseKeepAliveRequest request) {
    return LeaseKeepAliveResponse.newBuilder()
        .setHeader(header(keys.revision()))
        .setID(request.getID())
        .setTTL(leases.keep(request.getID(), clock.getAsLong()))
        .build();
  }

  /// Ends a lease and deletes its keys.
  public LeaseRevokeResponse revoke(LeaseRevokeRequest request) {
    endLease(request.getID());
    return LeaseRevokeResponse.newBuilder().setHeader(header(keys.revision())).build();
  }

  /// A lease's length and keys; what is left of it is not told.
  public LeaseTimeToLiveResponse timeToLive(LeaseTimeToLiveRequest request) {
    LeaseTimeToLiveResponse.Builder answer =
        LeaseTimeToLiveResponse.newBuilder()
            .setHeader(header(keys.revision()))
            .setID(request.getID());
    if (!leases.exists(request.getID())) {
      return answer.setTTL(-1).build();
    }
    answer.setGrantedTTL(leases.seconds(request.getID()));
    return request.getKeys()
        ? answer.addAllKeys(leases.keys(request.getID())).build()
        : answer.build();
  }

  /// Ends the leases whose time has come.
  public void expire() {
    leases.ended(clock.getAsLong()).forEach(this::endLease);
  }

  /// When the next lease ends, in nanoseconds of etcd's clock; null: there is none.
  public @Nullable Long nextExpiry() {
    return leases.nextEnd();
  }

  /// Another member of etcd leads: all leases begin anew.
  public void changeLeader() {
    leases.renewAll(clock.getAsLong());
  }

  private void endLease(long id) {
    leases.end(id).forEach(key -> keys.delete(key, ByteString.EMPTY));
    publish();
  }

  private void publish() {
    List<Event> changes = keys.commit();
    if (!changes.isEmpty()) {
      watchers.forEach(each -> each.accept(changes));
    }
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }

  private static void requireKey(ByteString key) {
    if (key.isEmpty()) {
      throw EtcdRefusedException.invalid("key is not provided");
    }
  }

  private static void requireSize(MessageLite request) {
    if (request.getSerializedSize() > MAX_REQUEST_BYTES) {
      throw EtcdRefusedException.invalid("request is too large");
    }
  }

  private void requireSpace() {
    if (full) {
      throw noSpace();
    }
  }

  private static EtcdRefusedException noSpace() {
    return new EtcdRefusedException(
        Status.Code.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded");
  }
}
