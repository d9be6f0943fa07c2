package dev.berth.controller.store;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.WatchOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows who leads. The truth is read from the leader key; a watch only says when to read it again,
/// so that nothing hangs on what a watch may lose. Without any sign it is read twice a second.
final class LeaderWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderWatch.class);
  private static final long POLL_MILLIS = 500;

  private final KV kv;
  private final Watch watch;
  private final ByteSequence leaderKey;
  private final Etcd.Calls calls;
  private final Semaphore wakeUps = new Semaphore(0);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Consumer<Optional<ControllerRecord>>> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile Optional<ControllerRecord> leader = Optional.empty();
  private volatile boolean watchBroken;
  private volatile boolean closed;

  LeaderWatch(KV kv, Watch watch, ByteSequence leaderKey, Etcd.Calls calls) {
    this.kv = kv;
    this.watch = watch;
    this.leaderKey = leaderKey;
    this.calls = calls;
    this.thread = Thread.ofPlatform().daemon().name("leader-watch").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Who leads, as last seen; stays while etcd cannot be asked.
  Optional<ControllerRecord> leader() {
    return leader;
  }

  /// Calls back now, and at each change on the watch's thread, which must not be held up. The same
  /// may be said twice.
  void onChange(Consumer<Optional<ControllerRecord>> listener) {
    listeners.add(listener);
    listener.accept(leader);
  }

  /// Waits until nobody is seen to lead, though no longer than the limit.
  void awaitVacancy(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (left > 0 && leader.isPresent()) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (!closed) {
      try {
        long revision = look();
        watchFrom(revision + 1);
      } catch (StoreException e) {
        LOG.debug("Who leads cannot be read: {}", e.getMessage());
        pause();
      }
    }
  }

  private long look() throws StoreException {
    GetResponse answer = calls.await("read the leader key", kv.get(leaderKey));
    Optional<ControllerRecord> now =
        answer.getKvs().stream()
            .map(KeyValue::getValue)
            .findFirst()
            .map(value -> ControllerRecord.decode(value).orElse(ControllerRecord.NAMELESS));
    if (!now.equals(leader)) {
      lock.lock();
      try {
        leader = now;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      listeners.forEach(listener -> listener.accept(now));
    }
    return answer.getHeader().getRevision();
  }

  /// Looks again at each sign of the watch, until the watch breaks.
  private void watchFrom(long revision) throws StoreException {
    watchBroken = false;
    WatchOption option = WatchOption.builder().withRevision(revision).build();
    try (Watch.Watcher _ =
        watch.watch(
            leaderKey,
            option,
            Watch.listener(_ -> wakeUps.release(), _ -> breakWatch(), this::breakWatch))) {
      while (!closed && !watchBroken) {
        pause();
        var _ = look();
      }
    }
  }

  private void breakWatch() {
    watchBroken = true;
    wakeUps.release();
  }

  private void pause() {
    try {
      var _ = wakeUps.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
      wakeUps.drainPermits();
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
