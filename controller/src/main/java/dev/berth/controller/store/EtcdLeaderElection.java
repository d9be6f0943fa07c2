package dev.berth.controller.store;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads while it holds etcd's leader key, which lives under a lease. The term's end is counted on
/// our own monotonic clock from the *send* of the last keep-alive that was answered, less a tenth,
/// so that it comes before etcd can end the lease.
final class EtcdLeaderElection implements LeaderElection {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdLeaderElection.class);

  private final KV kv;
  private final Lease lease;
  private final ByteSequence leaderKey;
  private final Duration ttl;
  private final Etcd.Calls calls;
  private final AtomicReference<@Nullable Held> held = new AtomicReference<>();

  /// A term that we hold until the deadline.
  ///
  /// @param deadlineNanos by [System#nanoTime]
  private record Held(LeaderTerm term, long deadlineNanos, Thread keeper) {}

  EtcdLeaderElection(KV kv, Lease lease, ByteSequence leaderKey, Duration ttl, Etcd.Calls calls) {
    this.kv = kv;
    this.lease = lease;
    this.leaderKey = leaderKey;
    this.ttl = ttl;
    this.calls = calls;
  }

  @Override
  public LeaderTerm campaign() throws InterruptedException {
    String lastProblem = "";
    while (true) {
      try {
        LeaderTerm term = tryOnce();
        if (term != null) {
          return term;
        }
        lastProblem = "";
      } catch (StoreException e) {
        if (Thread.interrupted()) {
          throw (InterruptedException) new InterruptedException().initCause(e);
        }
        String problem = String.valueOf(e.getMessage());
        if (!problem.equals(lastProblem)) {
          LOG.warn("Cannot campaign for leadership, trying on: {}", problem);
          lastProblem = problem;
        }
      }
      TimeUnit.MILLISECONDS.sleep(Math.clamp(ttl.toMillis() / 10, 50, 500));
    }
  }

  private @Nullable LeaderTerm tryOnce() throws StoreException {
    GetResponse present = calls.await("read the leader key", kv.get(leaderKey));
    if (present.getCount() > 0) {
      return null;
    }
    long sent = System.nanoTime();
    long leaseId = calls.await("grant a lease", lease.grant(ttlSeconds())).getID();
    TxnResponse answer =
        calls.await(
            "take the leader key",
            kv.txn()
                .If(new Cmp(leaderKey, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                .Then(
                    Op.put(
                        leaderKey,
                        ByteSequence.from(
                            ProcessHandle.current().pid() + "", StandardCharsets.UTF_8),
                        PutOption.builder().withLeaseId(leaseId).build()))
                .commit());
    if (!answer.isSucceeded()) {
      revoke(leaseId);
      return null;
    }
    LeaderTerm term = new LeaderTerm(answer.getHeader().getRevision(), leaseId);
    Thread keeper = Thread.ofPlatform().daemon().name("leader-lease").unstarted(() -> keep(term));
    held.set(new Held(term, deadline(sent), keeper));
    keeper.start();
    return term;
  }

  private long ttlSeconds() {
    return Math.max(1, (ttl.toMillis() + 999) / 1000);
  }

  private long deadline(long sentNanos) {
    return sentNanos + ttl.toNanos() / 10 * 9;
  }

  private void keep(LeaderTerm term) {
    Etcd.Calls brief = new Etcd.Calls(Duration.ofMillis(Math.max(200, ttl.toMillis() / 3)));
    while (holds(term)) {
      try {
        TimeUnit.NANOSECONDS.sleep(ttl.toNanos() / 4);
        long sent = System.nanoTime();
        LeaseKeepAliveResponse answer =
            brief.await("keep the lease", lease.keepAliveOnce(term.leaseId()));
        Held now = held.get();
        if (now == null || !now.term().equals(term)) {
          return;
        }
        if (answer.getTTL() <= 0) {
          held.compareAndSet(now, null);
          LOG.warn("The lease of epoch {} ended in etcd", term.epoch());
          return;
        }
        held.compareAndSet(now, new Held(term, deadline(sent), now.keeper()));
      } catch (StoreException e) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        LOG.warn("Keep-alive of epoch {} failed, trying on: {}", term.epoch(), e.getMessage());
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  @Override
  public boolean holds(LeaderTerm term) {
    Held now = held.get();
    return now != null && now.term().equals(term) && System.nanoTime() - now.deadlineNanos() < 0;
  }

  @Override
  public void resign(LeaderTerm term) {
    Held now = held.get();
    if (now != null && now.term().equals(term)) {
      held.set(null);
      now.keeper().interrupt();
    }
    revoke(term.leaseId());
  }

  private void revoke(long leaseId) {
    boolean interrupted = Thread.interrupted();
    try {
      var _ = new Etcd.Calls(Duration.ofSeconds(2)).await("revoke a lease", lease.revoke(leaseId));
    } catch (StoreException e) {
      LOG.info("The lease could not be revoked and ends by itself: {}", e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    Held now = held.get();
    if (now != null) {
      resign(now.term());
    }
  }
}
