package dev.berth.bench;

import dev.berth.e2e.harness.Api;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.WatchInstancesRequest;
import dev.berth.v1.WatchInstancesResponse;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All instances as a client sees them: one watch that is open all the time.
final class InstanceWatch implements AutoCloseable {
  private final Context.CancellableContext watching = Context.ROOT.withCancellation();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Instance> instances = new HashMap<>();
  private final Duration limit;
  private boolean synced;
  private @Nullable Throwable broken;

  /// @param limit of each wait
  InstanceWatch(Api api, Duration limit) {
    this.limit = limit;
    watching.run(
        () ->
            InstanceServiceGrpc.newStub(api.channel())
                .watchInstances(WatchInstancesRequest.getDefaultInstance(), new Watcher()));
    var _ = await(_ -> synced);
  }

  /// Waits until the instances are as wanted.
  ///
  /// @return the instances then
  List<Instance> await(Predicate<Collection<Instance>> wanted) {
    long nanos = limit.toNanos();
    lock.lock();
    try {
      while (!wanted.test(instances.values())) {
        if (broken != null) {
          throw new IllegalStateException("the watch broke", broken);
        }
        if (nanos <= 0) {
          throw new IllegalStateException("not within " + limit + ": " + instances.values());
        }
        nanos = changed.awaitNanos(nanos);
      }
      return List.copyOf(instances.values());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    watching.cancel(null);
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

  private final class Watcher implements StreamObserver<WatchInstancesResponse> {
    @Override
    public void onNext(WatchInstancesResponse response) {
      update(
          () -> {
            response.getChangedList().forEach(each -> instances.put(each.getId(), each));
            response.getRemovedList().forEach(instances::remove);
            synced |= response.getSynced();
          });
    }

    @Override
    public void onError(Throwable t) {
      update(() -> broken = t);
    }

    @Override
    public void onCompleted() {
      update(() -> broken = new IllegalStateException("the watch ended"));
    }
  }
}
