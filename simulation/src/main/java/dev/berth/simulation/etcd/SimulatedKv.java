package dev.berth.simulation.etcd;

import com.google.protobuf.ByteString;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.kernel.SimulatedProcess;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.kv.CompactResponse;
import io.etcd.jetcd.kv.DeleteResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.TxnImpl;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.TxnOption;
import java.util.concurrent.CompletableFuture;

/// jetcd's view of the simulated etcd, as far as the real store of a controller uses it: ranges and
/// transactions.
public final class SimulatedKv implements KV {
  private final SimulatedEtcd etcd;
  private final SimulatedProcess client;
  private final Bugs bugs;

  /// What one process sees.
  public SimulatedKv(SimulatedEtcd etcd, SimulatedProcess client, Bugs bugs) {
    this.etcd = etcd;
    this.client = client;
    this.bugs = bugs;
  }

  @Override
  public CompletableFuture<GetResponse> get(ByteSequence key) {
    return get(key, GetOption.DEFAULT);
  }

  @Override
  public CompletableFuture<GetResponse> get(ByteSequence key, GetOption option) {
    RangeRequest request =
        RangeRequest.newBuilder()
            .setKey(bytes(key))
            .setRangeEnd(option.getEndKey().map(SimulatedKv::bytes).orElse(ByteString.EMPTY))
            .setLimit(option.getLimit())
            .setRevision(option.getRevision())
            .build();
    return etcd.read(
        client, () -> new GetResponse(etcd.model().range(request), ByteSequence.EMPTY));
  }

  @Override
  public Txn txn() {
    return TxnImpl.newTxn(this::commit, ByteSequence.EMPTY);
  }

  private CompletableFuture<TxnResponse> commit(TxnRequest request) {
    long epoch = epochOf(request);
    TxnRequest sent = CommitBugs.applyTo(request, bugs);
    CompletableFuture<TxnResponse> answer = send(epoch, sent);
    return epoch == 0 ? answer : CommitBugs.late(answer, client, bugs, () -> send(epoch, sent));
  }

  private CompletableFuture<TxnResponse> send(long epoch, TxnRequest request) {
    return etcd.write(
        client, epoch, () -> new TxnResponse(etcd.model().txn(request), ByteSequence.EMPTY));
  }

  /// The epoch that a commit compares; 0: it is none, but a try to be elected.
  private static long epochOf(TxnRequest request) {
    return request.getCompareCount() == 0 ? 0 : request.getCompare(0).getCreateRevision();
  }

  private static ByteString bytes(ByteSequence sequence) {
    return ByteString.copyFrom(sequence.getBytes());
  }

  @Override
  public CompletableFuture<PutResponse> put(ByteSequence key, ByteSequence value) {
    throw unused("put");
  }

  @Override
  public CompletableFuture<PutResponse> put(
      ByteSequence key, ByteSequence value, PutOption option) {
    throw unused("put");
  }

  @Override
  public CompletableFuture<DeleteResponse> delete(ByteSequence key) {
    throw unused("delete");
  }

  @Override
  public CompletableFuture<DeleteResponse> delete(ByteSequence key, DeleteOption option) {
    throw unused("delete");
  }

  @Override
  public CompletableFuture<CompactResponse> compact(long revision) {
    throw unused("compact");
  }

  @Override
  public CompletableFuture<CompactResponse> compact(long revision, CompactOption option) {
    throw unused("compact");
  }

  @Override
  public Txn txn(TxnOption option) {
    throw unused("txn with options");
  }

  private static UnsupportedOperationException unused(String what) {
    return new UnsupportedOperationException(what + ": a controller writes in transactions only");
  }

  @Override
  public void close() {}
}
