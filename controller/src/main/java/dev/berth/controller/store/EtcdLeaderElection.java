package dev.berth.controller.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.berth.store.v1.StoredCluster;
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
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads while it holds etcd's leader key, which lives under a lease and says who leads. The term's
/// end is counted on our own monotonic clock from the *send* of the last keep-alive that was
/// answered, less a tenth, so that it comes before etcd can end the lease. A vacancy is seen by the
/// watch, so that a successor need not wait for its next look.
final class EtcdLeaderElection implements LeaderElection {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdLeaderElection.class);
  private static final ByteSequence CLUSTER_KEY = Etcd.key("cluster");
  private static final Duration VACANCY_WAIT = Duration.ofSeconds(1);
  private static final long JITTER_MILLIS = 20;
  private static final long RETRY_MILLIS = 50;

  private final KV kv;
  private final Lease lease;
  private final ByteSequence leaderKey;
  private final LeaderWatch watch;
  private final Duration ttl;
  private final Etcd.Calls calls;
  private final AtomicReference<@Nullable Held> held = new AtomicReference<>();
  private volatile ControllerRecord self = ControllerRecord.NAMELESS;
  private volatile String problem = "";

  /// A term that we hold until the deadline.
  ///
  /// @param deadlineNanos by [System#nanoTime]
  private record Held(LeaderTerm term, long deadlineNanos, Thread keeper) {}

  EtcdLeaderElection(KV kv, Lease lease, LeaderWatch watch, Duration ttl, Etcd.Calls calls) {
    this.kv = kv;
    this.lease = lease;
    this.leaderKey = Etcd.key(Etcd.LEADER);
    this.watch = watch;
    this.ttl = ttl;
    this.calls = calls;
  }

  /// Says who campaigns here.
  void introduce(ControllerRecord controller) {
    self = controller;
  }

  /// Why the last try to be elected failed in etcd; empty: it did not.
  String problem() {
    return problem;
  }

  @Override
  public LeaderTerm campaign() throws InterruptedException {
    while (true) {
      try {
        LeaderTerm term = tryOnce();
        problem = "";
        if (term != null) {
          return term;
        }
        watch.awaitVacancy(VACANCY_WAIT);
      } catch (StoreException e) {
        if (Thread.interrupted()) {
          throw (InterruptedException) new InterruptedException().initCause(e);
        }
        String now = String.valueOf(e.getMessage());
        if (!now.equals(problem)) {
          LOG.warn("Cannot campaign for leadership, trying on: {}", now);
          problem = now;
        }
        TimeUnit.MILLISECONDS.sleep(Math.clamp(ttl.toMillis() / 10, 50, 500));
      }
      // So that not all who saw the vacancy ask for a lease at once.
      TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(JITTER_MILLIS));
    }
  }

  private @Nullable LeaderTerm tryOnce() throws StoreException {
    GetResponse present = calls.await("read the leader key", kv.get(leaderKey));
    if (present.getCount() > 0) {
      return null;
    }
    long sent = System.nanoTime();
    long leaseId = calls.await("grant a lease", lease.grant(ttlSeconds())).getID();
    try {
      TxnResponse answer =
          calls.await(
              "take the leader key",
              kv.txn()
                  .If(new Cmp(leaderKey, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                  .Then(
                      Op.put(
                          leaderKey,
                          self.at(Instant.now()).encode(),
                          PutOption.builder().withLeaseId(leaseId).build()))
                  .commit());
      if (!answer.isSucceeded()) {
        revoke(leaseId);
        return null;
      }
      long revision = answer.getHeader().getRevision();
      LeaderTerm term = new LeaderTerm(epochBase() + revision, revision, leaseId);
      Thread keeper = Thread.ofPlatform().daemon().name("leader-lease").unstarted(() -> keep(term));
      held.set(new Held(term, deadline(sent), keeper));
      keeper.start();
      return term;
    } catch (StoreException e) {
      // The key may be ours without our knowing: nobody could lead until its lease ends.
      revoke(leaseId);
      throw e;
    }
  }

  /// Where epochs are counted from: above all that agents obeyed before the store was restored.
  private long epochBase() throws StoreException {
    GetResponse answer = calls.await("read the cluster's record", kv.get(CLUSTER_KEY));
    if (answer.getKvs().isEmpty()) {
      return 0;
    }
    try {
      return StoredCluster.parseFrom(answer.getKvs().getFirst().getValue().getBytes())
          .getEpochBase();
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("the cluster's record cannot be read: " + e.getMessage(), e);
    }
  }

  private long ttlSeconds() {
    return new LeaseTiming(ttl).seconds();
  }

  private long deadline(long sentNanos) {
    return new LeaseTiming(ttl).deadline(sentNanos);
  }

  private void keep(LeaderTerm term) {
    Etcd.Calls brief = new Etcd.Calls(Duration.ofMillis(Math.max(200, ttl.toMillis() / 4)));
    boolean failed = false;
    while (holds(term)) {
      try {
        TimeUnit.NANOSECONDS.sleep(
            failed ? TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS) : ttl.toNanos() / 4);
        long sent = System.nanoTime();
        LeaseKeepAliveResponse answer =
            brief.await("keep the lease", lease.keepAliveOnce(term.leaseId()));
        failed = false;
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
        failed = true;
        LOG.warn("Keep-alive of epoch {} failed, trying on: {}", term.epoch(), e.getMessage());
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  /// Whether this process leads now, in whatever term. Cheap.
  boolean leads() {
    Held now = held.get();
    return now != null && System.nanoTime() - now.deadlineNanos() < 0;
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
      var _ = new Etcd.Calls(Duration.ofSeconds(1)).await("revoke a lease", lease.revoke(leaseId));
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
