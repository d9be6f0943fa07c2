package dev.berth.bench;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.Resources;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Workloads that are asked for over the API, many at a time.
final class Submission {
  private static final int UNANSWERED_MAX = 32;

  private final List<CreateWorkloadRequest> requests;

  private Submission(List<CreateWorkloadRequest> requests) {
    this.requests = requests;
  }

  /// As many workloads as it takes for all instances, in three sizes, so that nodes fill unevenly.
  static Submission of(ScaleOptions options) {
    List<CreateWorkloadRequest> requests = new ArrayList<>();
    int left = options.instances();
    for (int i = 0; left > 0; i++) {
      int replicas = Math.min(left, options.replicas());
      left -= replicas;
      requests.add(
          CreateWorkloadRequest.newBuilder()
              .setWorkload(
                  Workload.newBuilder()
                      .setName(String.format(Locale.ROOT, "w%06d", i))
                      .setSpec(spec(i, replicas, options.constrained())))
              .build());
    }
    return new Submission(requests);
  }

  private static WorkloadSpec.Builder spec(int index, int replicas, boolean constrained) {
    WorkloadSpec.Builder spec =
        WorkloadSpec.newBuilder()
            .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
            .setReplicas(replicas)
            .setContainer(ContainerSpec.newBuilder().setImage("berth/demo"))
            .setResources(
                Resources.newBuilder()
                    .setCpuMillis(100L + 100L * (index % 3))
                    .setMemoryBytes((256L + 256L * (index % 3)) << 20));
    if (constrained) {
      spec.getPlacementBuilder()
          .addSpread("node.labels.zone")
          .addAntiAffinityBuilder()
          .setWithin("node.name");
    }
    return spec;
  }

  /// What is asked for.
  List<CreateWorkloadRequest> requests() {
    return requests;
  }

  /// Asks for all and waits until all is durable.
  void to(Channel api, Duration limit) {
    Semaphore room = new Semaphore(UNANSWERED_MAX);
    CompletableFuture<Void> failed = new CompletableFuture<>();
    try {
      for (CreateWorkloadRequest request : requests) {
        room.acquire();
        WorkloadServiceGrpc.newStub(api)
            .withWaitForReady()
            .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)
            .createWorkload(request, new Answer(room, failed));
      }
      if (!room.tryAcquire(UNANSWERED_MAX, limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("not all workloads were created within " + limit);
      }
      if (failed.isDone()) {
        failed.get(0, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Answer(Semaphore room, CompletableFuture<Void> failed)
      implements StreamObserver<Workload> {
    @Override
    public void onNext(Workload workload) {}

    @Override
    public void onError(Throwable cause) {
      failed.completeExceptionally(Status.fromThrowable(cause).asException());
      room.release();
    }

    @Override
    public void onCompleted() {
      room.release();
    }
  }
}
