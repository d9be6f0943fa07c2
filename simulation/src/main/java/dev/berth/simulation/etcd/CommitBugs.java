package dev.berth.simulation.etcd;

import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.kernel.VirtualFuture;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.kv.TxnResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// What planted bugs do to commits on their way to etcd.
final class CommitBugs {
  private static final long LATE_NANOS = 1_000_000_000L;

  private CommitBugs() {}

  static TxnRequest applyTo(TxnRequest request, Bugs bugs) {
    TxnRequest.Builder changed = request.toBuilder();
    if (request.getCompareCount() == 0 || request.getCompare(0).getCreateRevision() == 0) {
      return request;
    }
    if (bugs.has(PlantedBug.NO_EPOCH_COMPARE)) {
      changed.removeCompare(0);
    }
    if (bugs.has(PlantedBug.NO_COMPARE) || bugs.has(PlantedBug.BLIND_RETRY)) {
      changed.clearCompare();
    }
    if (bugs.has(PlantedBug.FORGOTTEN_TOMBSTONE)) {
      List<RequestOp> kept =
          request.getSuccessList().stream().filter(each -> !each.hasRequestDeleteRange()).toList();
      changed.clearSuccess().addAllSuccess(kept);
    }
    if (bugs.has(PlantedBug.PARTIAL_COMMIT_AS_SUCCESS) && request.getSuccessCount() > 1) {
      List<RequestOp> kept = request.getSuccessList().subList(0, request.getSuccessCount() / 2);
      changed.clearSuccess().addAllSuccess(kept);
    }
    return changed.build();
  }

  /// What becomes of a commit whose answer does not come.
  static CompletableFuture<TxnResponse> late(
      CompletableFuture<TxnResponse> answer,
      SimulatedProcess client,
      Bugs bugs,
      Supplier<CompletableFuture<TxnResponse>> again) {
    boolean success = bugs.has(PlantedBug.UNKNOWN_OUTCOME_AS_SUCCESS);
    boolean retry = bugs.has(PlantedBug.BLIND_RETRY);
    if (!success && !retry) {
      return answer;
    }
    VirtualFuture<TxnResponse> result = new VirtualFuture<>(client);
    pass(answer, result);
    client.after(
        LATE_NANOS,
        () -> {
          if (result.isDone()) {
            return;
          }
          if (success) {
            result.complete(done());
          } else {
            pass(again.get(), result);
          }
        });
    return result;
  }

  private static void pass(CompletableFuture<TxnResponse> from, CompletableFuture<TxnResponse> to) {
    var _ =
        from.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                to.complete(value);
              } else {
                to.completeExceptionally(failure);
              }
            });
  }

  private static TxnResponse done() {
    return new TxnResponse(
        io.etcd.jetcd.api.TxnResponse.newBuilder()
            .setSucceeded(true)
            .setHeader(ResponseHeader.newBuilder().setRevision(1))
            .build(),
        ByteSequence.EMPTY);
  }
}
