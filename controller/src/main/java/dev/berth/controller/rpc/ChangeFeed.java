package dev.berth.controller.rpc;

import dev.berth.controller.loop.Changes;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.loop.SnapshotListener;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries what the loop publishes to watchers, on a thread of its own so that no watcher costs the
/// loop anything. Whoever starts to watch does so on that thread too, and thus misses nothing.
public final class ChangeFeed implements SnapshotListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);
  private static final int QUEUE_MAX = 20_000;

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE_MAX),
          Thread.ofPlatform().daemon().name("watches").factory());
  private final InstanceWatches instances = new InstanceWatches();
  private final EventLog events = new EventLog();

  /// The newest state that did not find room in the queue.
  private final AtomicReference<@Nullable Snapshot> missed = new AtomicReference<>();

  /// A feed of nothing yet.
  public ChangeFeed() {}

  /// Work that needs what was published so far.
  interface Step {
    void run(InstanceWatches instances, EventLog events);
  }

  @Override
  public void leadershipBegan(Snapshot first) {
    publish(first, () -> instances.begin(first));
  }

  @Override
  public void published(Snapshot before, Snapshot after, Changes changes) {
    publish(
        after,
        () -> {
          instances.published(before, after, changes);
          events.published(changes.events());
        });
  }

  @Override
  public void leadershipEnded(String reason) {
    try {
      thread.execute(
          () -> {
            instances.end(reason);
            events.end(reason);
          });
    } catch (RejectedExecutionException e) {
      LOG.warn("Watches could not be told that the leadership ended: {}", reason);
    }
  }

  /// Runs a step after everything that was published before this call.
  void run(Step step) {
    try {
      thread.execute(() -> step.run(instances, events));
    } catch (RejectedExecutionException e) {
      throw StatusMapper.refused(
          dev.berth.controller.core.RefusalCode.OVERLOADED,
          "watches are behind: repeat in a second");
    }
  }

  /// Runs something on the feed's thread. When there is no room, what it would have cleaned up goes
  /// with the next message to that reader.
  void runIfOpen(Runnable action) {
    try {
      thread.execute(action);
    } catch (RejectedExecutionException _) {
      LOG.debug("The feed has no room for a reader that left");
    }
  }

  private void publish(Snapshot after, Runnable step) {
    try {
      thread.execute(
          () -> {
            Snapshot gap = missed.getAndSet(null);
            if (gap != null) {
              instances.restart(gap);
              events.overflow();
            } else {
              guarded(step);
            }
          });
    } catch (RejectedExecutionException e) {
      missed.set(after);
    }
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("Unexpected exception in the watches: all of them end", e);
      instances.end("the controller met an unexpected error");
      events.end("the controller met an unexpected error");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
