package dev.berth.controller.store;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which controllers run: each keeps a key of its own under a lease, written once.
final class ControllerRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerRegistry.class);
  private static final long TTL_SECONDS = 10;
  private static final long PAUSE_SECONDS = 3;
  private static final int MANY = 1_000;

  private final KV kv;
  private final Lease lease;
  private final Etcd.Calls calls;
  private @Nullable Thread thread;
  private volatile long leaseId;

  ControllerRegistry(KV kv, Lease lease, Etcd.Calls calls) {
    this.kv = kv;
    this.lease = lease;
    this.calls = calls;
  }

  /// Keeps a controller registered until closed.
  void register(ControllerRecord controller) {
    Thread keeper =
        Thread.ofPlatform().daemon().name("registration").unstarted(() -> keep(controller));
    thread = keeper;
    keeper.start();
  }

  private void keep(ControllerRecord controller) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (leaseId == 0 || !renew()) {
          leaseId = calls.await("grant a lease", lease.grant(TTL_SECONDS)).getID();
          ByteSequence key = Etcd.key(Etcd.CONTROLLERS + controller.id());
          PutOption option = PutOption.builder().withLeaseId(leaseId).build();
          var _ = calls.await("register", kv.put(key, controller.encode(), option));
        }
      } catch (StoreException e) {
        LOG.debug("The controller cannot be registered: {}", e.getMessage());
      }
      try {
        TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private boolean renew() throws StoreException {
    return calls.await("keep a lease", lease.keepAliveOnce(leaseId)).getTTL() > 0;
  }

  /// All that are registered, by id. Also without a quorum of etcd's members, then as the one that
  /// answers knows it.
  List<ControllerRecord> list() throws StoreException {
    GetResponse answer;
    try {
      answer = read(false);
    } catch (StoreException e) {
      LOG.debug("Asking one member only: {}", e.getMessage());
      answer = read(true);
    }
    List<ControllerRecord> all = new ArrayList<>();
    answer.getKvs().forEach(kv -> ControllerRecord.decode(kv.getValue()).ifPresent(all::add));
    return all;
  }

  private GetResponse read(boolean serializable) throws StoreException {
    GetOption option =
        GetOption.builder().isPrefix(true).withLimit(MANY).withSerializable(serializable).build();
    Etcd.Calls brief = new Etcd.Calls(Duration.ofSeconds(1));
    return brief.await("list controllers", kv.get(Etcd.key(Etcd.CONTROLLERS), option));
  }

  @Override
  public void close() {
    Thread keeper = thread;
    if (keeper != null) {
      keeper.interrupt();
    }
    if (leaseId != 0) {
      try {
        Etcd.Calls brief = new Etcd.Calls(Duration.ofSeconds(1));
        var _ = brief.await("revoke a lease", lease.revoke(leaseId));
      } catch (StoreException e) {
        LOG.debug("The registration ends by itself: {}", e.getMessage());
      }
    }
  }
}
