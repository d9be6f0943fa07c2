package dev.berth.simulation.controller;

import com.google.protobuf.ByteString;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.LeaseTiming;
import dev.berth.simulation.etcd.SimulatedEtcd;
import dev.berth.simulation.etcd.SimulatedLeases;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.kernel.VirtualThreads;
import dev.berth.simulation.kernel.Waiting;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The election as a controller does it, over the simulated etcd; when a term ends is worked out by
/// the same [LeaseTiming].
final class SimulatedElection {
  static final ByteString LEADER_KEY = ByteString.copyFromUtf8("/berth/leader");

  private static final LeaseTiming TIMING = new LeaseTiming(Duration.ofSeconds(3));
  private static final Duration CALL_LIMIT = Duration.ofSeconds(3);
  private static final Duration KEEP_LIMIT = TIMING.ttl().dividedBy(3);
  private static final long VACANCY_NANOS = 1_000_000_000L;

  private final SimulatedProcess process;
  private final SimulatedLeases leases;
  private final Bugs bugs;
  private final long jitterNanos;
  private @Nullable LeaderTerm term;
  private long deadline;

  SimulatedElection(SimulatedEtcd etcd, SimulatedProcess process, Bugs bugs, long jitterNanos) {
    this.process = process;
    this.leases = new SimulatedLeases(etcd, process);
    this.bugs = bugs;
    this.jitterNanos = jitterNanos;
  }

  LeaderTerm campaign() throws InterruptedException {
    while (true) {
      LeaderTerm won = tryOnce();
      if (won != null) {
        return won;
      }
      Waiting.sleep(process, VACANCY_NANOS + jitterNanos);
    }
  }

  private @Nullable LeaderTerm tryOnce() throws InterruptedException {
    try {
      long sent = now();
      // Like a read of the key, but without a lease that nobody needs.
      TxnResponse vacant = await(leases.take(comparison().build()), CALL_LIMIT);
      if (!vacant.getSucceeded()) {
        return null;
      }
      long lease = await(leases.grant(TIMING.seconds()), CALL_LIMIT).getID();
      PutRequest.Builder put =
          PutRequest.newBuilder()
              .setKey(LEADER_KEY)
              .setValue(ByteString.copyFromUtf8(process.name()))
              .setLease(lease);
      TxnResponse answer =
          await(
              leases.take(
                  comparison().addSuccess(RequestOp.newBuilder().setRequestPut(put)).build()),
              CALL_LIMIT);
      if (!answer.getSucceeded()) {
        var _ = leases.revoke(lease);
        return null;
      }
      LeaderTerm won = new LeaderTerm(answer.getHeader().getRevision(), lease);
      term = won;
      deadline = TIMING.deadline(sent);
      var _ =
          VirtualThreads.on(process.soon()).name(process.name() + "-lease").start(() -> keep(won));
      return won;
    } catch (ExecutionException | TimeoutException _) {
      return null;
    }
  }

  private static TxnRequest.Builder comparison() {
    return TxnRequest.newBuilder()
        .addCompare(
            Compare.newBuilder()
                .setKey(LEADER_KEY)
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.EQUAL)
                .setCreateRevision(0));
  }

  private static <T> T await(CompletableFuture<T> call, Duration limit)
      throws ExecutionException, TimeoutException, InterruptedException {
    return call.get(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void keep(LeaderTerm held) {
    try {
      while (holds(held)) {
        Waiting.sleep(process, TIMING.interval().toNanos());
        long sent = now();
        try {
          long left = await(leases.keep(held.leaseId()), KEEP_LIMIT).getTTL();
          if (!held.equals(term)) {
            return;
          }
          if (left <= 0) {
            term = null;
            return;
          }
          deadline = TIMING.deadline(bugs.has(PlantedBug.DEADLINE_FROM_ANSWER) ? now() : sent);
        } catch (ExecutionException | TimeoutException _) {
          // The deadline stays as it is.
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private long now() {
    if (bugs.has(PlantedBug.WALL_CLOCK_DEADLINE)) {
      var wall = process.clock().wall();
      return wall.getEpochSecond() * 1_000_000_000L + wall.getNano();
    }
    return process.clock().nanos();
  }

  boolean holds(LeaderTerm held) {
    return held.equals(term)
        && (bugs.has(PlantedBug.NO_STEP_DOWN) || !LeaseTiming.isOver(deadline, now()));
  }

  void resign(LeaderTerm held) {
    if (held.equals(term)) {
      term = null;
    }
    var _ = leases.revoke(held.leaseId());
  }
}
