package dev.berth.bench;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.WatchInstancesRequest;
import dev.berth.v1.WatchInstancesResponse;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Berth as a client sees it: one watch that is open all the time, and calls.
final class BerthCluster implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Api api;
  private final Context.CancellableContext watching = Context.ROOT.withCancellation();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<String> running = new HashSet<>();
  private boolean synced;
  private @Nullable Throwable broken;

  BerthCluster(Api api) {
    this.api = api;
    watching.run(
        () ->
            InstanceServiceGrpc.newStub(api.channel())
                .watchInstances(WatchInstancesRequest.getDefaultInstance(), new Watcher()));
    await(() -> synced);
  }

  /// Asks for a workload to be checked and not made, one call after the other.
  void rehearse(String image, int calls) {
    CreateWorkloadRequest request =
        request("rehearsal", image, 1).toBuilder().setValidateOnly(true).build();
    for (int i = 0; i < calls; i++) {
      var _ = api.workloads().createWorkload(request);
    }
  }

  /// Creates a workload and waits until the watch shows all its slots running.
  ///
  /// @return nanoseconds from before the call
  long run(String name, String image, int replicas) {
    CreateWorkloadRequest request = request(name, image, replicas);
    long begin = System.nanoTime();
    api.workloads().createWorkload(request);
    await(() -> running.size() >= replicas);
    return System.nanoTime() - begin;
  }

  /// Deletes a workload and waits until Docker has none of its containers any more.
  void delete(String name, BareDocker docker) {
    api.workloads()
        .deleteWorkload(DeleteWorkloadRequest.newBuilder().setName(name).setForce(true).build());
    Eventually.within(LIMIT, "no container is left", docker::count, count -> count == 0);
    await(running::isEmpty);
    Eventually.within(
        LIMIT,
        "the name is free",
        () -> api.workloads().listWorkloads(ListWorkloadsRequest.getDefaultInstance()),
        list -> list.getWorkloadsCount() == 0);
  }

  @Override
  public void close() {
    watching.cancel(null);
  }

  private static CreateWorkloadRequest request(String name, String image, int replicas) {
    return CreateWorkloadRequest.newBuilder()
        .setWorkload(
            Workload.newBuilder()
                .setName(name)
                .setSpec(
                    WorkloadSpec.newBuilder()
                        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
                        .setReplicas(replicas)
                        .setStopGrace(com.google.protobuf.Duration.getDefaultInstance())
                        .setContainer(
                            ContainerSpec.newBuilder()
                                .setImage(image)
                                .addAllCommand(BareDocker.program()))))
        .build();
  }

  private void await(java.util.function.BooleanSupplier wanted) {
    long nanos = LIMIT.toNanos();
    lock.lock();
    try {
      while (!wanted.getAsBoolean()) {
        if (broken != null) {
          throw new IllegalStateException("the watch broke", broken);
        }
        if (nanos <= 0) {
          throw new IllegalStateException("not within " + LIMIT + "; running: " + running.size());
        }
        nanos = changed.awaitNanos(Math.min(nanos, TimeUnit.SECONDS.toNanos(120)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
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
            for (Instance instance : response.getChangedList()) {
              if (instance.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING) {
                running.add(instance.getId());
              } else {
                running.remove(instance.getId());
              }
            }
            running.removeAll(response.getRemovedList());
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
