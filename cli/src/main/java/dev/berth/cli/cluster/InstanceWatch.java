package dev.berth.cli.cluster;

import dev.berth.v1.Instance;
import dev.berth.v1.WatchInstancesRequest;
import dev.berth.v1.WatchInstancesResponse;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Follows the instances of a workload or slot. When the stream ends because the controller changed
/// or could not keep up, it begins anew with the state as it is then.
public final class InstanceWatch {
  private static final Duration RETRY_MAX = Duration.ofSeconds(2);

  private final Cluster cluster;
  private final Target target;

  /// @param target whose instances
  public InstanceWatch(Cluster cluster, Target target) {
    this.cluster = cluster;
    this.target = target;
  }

  /// Reads states until one satisfies the condition. The first state that is shown is complete.
  ///
  /// @param limit how long at most
  /// @param done sees the instances by id; called once for each change
  /// @return false when the limit came first
  public boolean until(Duration limit, Predicate<Map<String, Instance>> done) {
    long deadline = System.nanoTime() + limit.toNanos();
    Duration pause = Duration.ofMillis(100);
    while (true) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        if (once(left, done)) {
          return true;
        }
      } catch (StatusRuntimeException e) {
        switch (e.getStatus().getCode()) {
          case DEADLINE_EXCEEDED -> {
            return false;
          }
          case OUT_OF_RANGE, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE -> pause(pause, deadline, e);
          default -> throw e;
        }
      }
      pause = pause.multipliedBy(2).compareTo(RETRY_MAX) > 0 ? RETRY_MAX : pause.multipliedBy(2);
    }
  }

  private boolean once(long nanos, Predicate<Map<String, Instance>> done) {
    WatchInstancesRequest request =
        WatchInstancesRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setWorkload(target.workload())
            .build();
    Context.CancellableContext context = Context.current().withCancellation();
    Context outer = context.attach();
    try {
      Iterator<WatchInstancesResponse> changes =
          cluster
              .instanceStreams()
              .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
              .watchInstances(request);
      Map<String, Instance> state = new TreeMap<>();
      boolean synced = false;
      while (changes.hasNext()) {
        WatchInstancesResponse change = changes.next();
        for (Instance instance : change.getChangedList()) {
          if (target.isWhole() || target.slots().contains(instance.getSlot())) {
            state.put(instance.getId(), instance);
          }
        }
        change.getRemovedList().forEach(state::remove);
        synced |= change.getSynced();
        if (synced && done.test(Collections.unmodifiableMap(state))) {
          return true;
        }
      }
      return false;
    } finally {
      context.detach(outer);
      context.cancel(Status.CANCELLED.asException());
    }
  }

  private static void pause(Duration pause, long deadline, StatusRuntimeException cause) {
    if (System.nanoTime() + pause.toNanos() > deadline) {
      throw cause;
    }
    java.util.concurrent.locks.LockSupport.parkNanos(pause.toNanos());
  }
}
