package dev.berth.cli.stats;

import com.google.protobuf.util.Durations;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Refusals;
import dev.berth.v1.Instance;
import dev.berth.v1.UsageSample;
import dev.berth.v1.WatchUsageRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Streams of what instances use, each on a thread of its own.
final class UsageFeeds implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 1000;

  private final Cluster cluster;
  private final Map<String, Long> nodeBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Feed> feeds = new HashMap<>();

  /// @param nodeBytes memory of the nodes, by name
  UsageFeeds(Cluster cluster, Map<String, Long> nodeBytes) {
    this.cluster = cluster;
    this.nodeBytes = Map.copyOf(nodeBytes);
  }

  /// What one stream has brought.
  private static final class Feed {
    final Context.CancellableContext context = Context.current().withCancellation();
    @Nullable UsageSample before;
    @Nullable UsageSample last;
    @Nullable String problem;
    boolean ended;
  }

  /// Follows these and no others. One that has ended stays so while it is wanted.
  void follow(Collection<Instance> instances) {
    List<Runnable> starts = new ArrayList<>();
    lock.lock();
    try {
      Map<String, Instance> wanted = new HashMap<>();
      instances.forEach(each -> wanted.put(each.getId(), each));
      feeds
          .entrySet()
          .removeIf(
              entry -> {
                boolean left = !wanted.containsKey(entry.getKey());
                if (left) {
                  entry.getValue().context.cancel(null);
                }
                return left;
              });
      wanted.forEach(
          (id, instance) -> {
            if (!feeds.containsKey(id)) {
              Feed feed = new Feed();
              feeds.put(id, feed);
              starts.add(() -> start(instance, feed));
            }
          });
    } finally {
      lock.unlock();
    }
    starts.forEach(Runnable::run);
  }

  private void start(Instance instance, Feed feed) {
    var _ =
        Thread.ofVirtual()
            .name("stats-" + instance.getName())
            .start(() -> feed.context.run(() -> read(instance, feed)));
  }

  private void read(Instance instance, Feed feed) {
    String problem = null;
    try {
      Iterator<UsageSample> samples =
          cluster
              .instanceStreams()
              .watchUsage(
                  WatchUsageRequest.newBuilder()
                      .setNamespace(instance.getNamespace())
                      .setInstance(instance.getId())
                      .setInterval(Durations.fromMillis(INTERVAL_MILLIS))
                      .build());
      while (samples.hasNext()) {
        UsageSample sample = samples.next();
        update(
            () -> {
              feed.before = feed.last;
              feed.last = sample;
            });
      }
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.CANCELLED) {
        problem = Refusals.describe(e, cluster);
      }
    }
    String said = problem;
    update(
        () -> {
          feed.problem = said;
          feed.ended = true;
        });
  }

  private void update(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until of each two samples have come, or its stream has ended.
  ///
  /// @return false when the limit came first
  boolean awaitReadings(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long rest = nanos;
      while (rest > 0
          && !feeds.values().stream().allMatch(feed -> feed.ended || feed.before != null)) {
        rest = changed.awaitNanos(rest);
      }
      return rest > 0;
    } finally {
      lock.unlock();
    }
  }

  /// True when each stream has ended.
  boolean haveEnded() {
    lock.lock();
    try {
      return feeds.values().stream().allMatch(feed -> feed.ended);
    } finally {
      lock.unlock();
    }
  }

  /// What is known of an instance now; empty: nothing, or it does not run any more.
  Optional<Reading> reading(Instance instance) {
    lock.lock();
    try {
      Feed feed = feeds.get(instance.getId());
      return feed == null || feed.last == null || feed.ended
          ? Optional.empty()
          : Optional.of(
              Reading.of(feed.before, feed.last, nodeBytes.getOrDefault(instance.getNode(), 0L)));
    } finally {
      lock.unlock();
    }
  }

  /// Why nothing is known of an instance, once; empty: no reason, or it was told.
  Optional<String> problem(Instance instance) {
    lock.lock();
    try {
      Feed feed = feeds.get(instance.getId());
      String problem = feed == null ? null : feed.problem;
      if (feed != null) {
        feed.problem = null;
      }
      return Optional.ofNullable(problem);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    follow(List.of());
  }
}
