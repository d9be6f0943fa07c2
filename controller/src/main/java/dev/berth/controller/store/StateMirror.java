package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A copy of the stored state, kept warm by a controller that does not lead. It lists, then watches
/// from the list's revision on. The watch is not trusted further than its events: whatever ends it,
/// it is opened again after the last event that was applied; when etcd has forgotten that revision,
/// or when the copy stays behind etcd's own revision, everything is listed again. Etcd's revision
/// is asked for every second, which also tells how old the copy is.
final class StateMirror implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateMirror.class);
  private static final long PROBE_MILLIS = 1_000;
  private static final long PAUSE_MILLIS = 200;
  private static final long BEHIND_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final KV kv;
  private final Watch watch;
  private final Etcd.Calls calls;
  private final Object gate = new Object();
  private final Thread thread;
  private final SortedMap<String, ByteString> values = new TreeMap<>();
  private boolean following;
  private boolean filled;
  private long applied;
  private long confirmedNanos;
  private boolean closed;

  /// What the copy is.
  ///
  /// @param values by key, as [ClusterStore#load] would give them
  /// @param revision of the store
  /// @param confirmedNanos when it was last known to be all of it, by [System#nanoTime]
  record Copy(SortedMap<String, ByteString> values, long revision, long confirmedNanos) {}

  /// What the watch says.
  private sealed interface Sign {
    record Events(WatchResponse response) implements Sign {}

    record Broken(Throwable cause) implements Sign {}
  }

  StateMirror(KV kv, Watch watch, Etcd.Calls calls) {
    this.kv = kv;
    this.watch = watch;
    this.calls = calls;
    this.thread = Thread.ofPlatform().daemon().name("state-mirror").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Keeps the copy from now on.
  void follow() {
    synchronized (gate) {
      following = true;
      gate.notifyAll();
    }
  }

  /// Drops the copy and stops following: whoever leads is the state.
  void rest() {
    synchronized (gate) {
      following = false;
      filled = false;
      values.clear();
    }
  }

  /// The revision and age of the copy, without its values; null while there is none.
  @Nullable Copy standing() {
    synchronized (gate) {
      return filled ? new Copy(new TreeMap<>(), applied, confirmedNanos) : null;
    }
  }

  /// The copy; null while there is none.
  @Nullable Copy copy() {
    synchronized (gate) {
      return filled ? new Copy(new TreeMap<>(values), applied, confirmedNanos) : null;
    }
  }

  private void run() {
    boolean relist = true;
    while (awaitFollowing()) {
      try {
        if (relist || !isFilled()) {
          list();
        }
        relist = watchOn();
      } catch (StoreException e) {
        LOG.debug("The copy of the state cannot be kept: {}", e.getMessage());
        relist = false;
        sleep();
      }
    }
  }

  private boolean awaitFollowing() {
    synchronized (gate) {
      while (!following && !closed) {
        try {
          gate.wait();
        } catch (InterruptedException _) {
          closed = true;
        }
      }
      return !closed;
    }
  }

  private boolean isFollowing() {
    synchronized (gate) {
      return following && !closed;
    }
  }

  private boolean isFilled() {
    synchronized (gate) {
      return filled;
    }
  }

  private void list() throws StoreException {
    long asked = System.nanoTime();
    SortedMap<String, ByteString> listed = new TreeMap<>();
    long revision = KeyRange.read(kv, calls, 0, page -> page.forEach(entry -> put(listed, entry)));
    synchronized (gate) {
      if (following) {
        values.clear();
        values.putAll(listed);
        applied = revision;
        confirmedNanos = asked;
        filled = true;
      }
    }
  }

  private static void put(SortedMap<String, ByteString> into, KeyValue entry) {
    String key = Etcd.relative(entry.getKey());
    if (KeyRange.isState(key)) {
      into.put(key, ByteString.copyFrom(entry.getValue().getBytes()));
    }
  }

  /// Applies what the watch says until it breaks.
  ///
  /// @return whether everything must be listed again
  private boolean watchOn() throws StoreException {
    BlockingQueue<Sign> signs = new LinkedBlockingQueue<>();
    ByteSequence from = Etcd.key("");
    WatchOption option =
        WatchOption.builder()
            .withRange(KeyRange.END)
            .withRevision(applied() + 1)
            .withRequireLeader(true)
            .build();
    try (Watch.Watcher _ =
        watch.watch(
            from,
            option,
            Watch.listener(
                response -> signs.add(new Sign.Events(response)),
                cause -> signs.add(new Sign.Broken(cause)),
                () -> signs.add(new Sign.Broken(new StoreException("the watch ended")))))) {
      long probeAt = System.nanoTime();
      long lastLevel = System.nanoTime();
      while (isFollowing() && isFilled()) {
        long wait = probeAt - System.nanoTime();
        Sign sign = wait > 0 ? signs.poll(wait, TimeUnit.NANOSECONDS) : signs.poll();
        switch (sign) {
          case Sign.Events(WatchResponse response) -> response.getEvents().forEach(this::apply);
          case Sign.Broken(Throwable cause) -> {
            LOG.debug("The watch broke, it is opened again: {}", cause.getMessage());
            sleep();
            return isForgotten(cause);
          }
          case null -> {
            if (isLevel()) {
              lastLevel = System.nanoTime();
            } else if (System.nanoTime() - lastLevel > BEHIND_NANOS) {
              LOG.warn("The copy of the state stays behind etcd: everything is read again");
              return true;
            }
            probeAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROBE_MILLIS);
          }
        }
      }
      return true;
    } catch (InterruptedException e) {
      throw new StoreException("interrupted", e);
    }
  }

  private static boolean isForgotten(Throwable cause) {
    return cause instanceof io.etcd.jetcd.common.exception.CompactedException
        || String.valueOf(cause.getMessage()).contains("compacted");
  }

  private void apply(WatchEvent event) {
    KeyValue entry = event.getKeyValue();
    synchronized (gate) {
      if (entry.getModRevision() < applied || !following) {
        return;
      }
      switch (event.getEventType()) {
        case PUT -> put(values, entry);
        case DELETE -> values.remove(Etcd.relative(entry.getKey()));
        case UNRECOGNIZED ->
            LOG.warn("etcd sent an event of a kind that is not known: passed over");
      }
      applied = Math.max(applied, entry.getModRevision());
    }
  }

  private long applied() {
    synchronized (gate) {
      return applied;
    }
  }

  /// Asks etcd for its revision, and whether the copy has reached it.
  private boolean isLevel() throws StoreException {
    long asked = System.nanoTime();
    long newest =
        calls.await("say its revision", kv.get(Etcd.key(Etcd.LEADER))).getHeader().getRevision();
    synchronized (gate) {
      if (applied >= newest) {
        confirmedNanos = asked;
        return true;
      }
      return false;
    }
  }

  private static void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    synchronized (gate) {
      closed = true;
      gate.notifyAll();
    }
    thread.interrupt();
  }
}
