package dev.berth.bench;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.ControlPlane;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.ScriptedAgent;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.ListWorkloadsResponse;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Someone who creates workloads and scales some of them, repeats what was not answered with the
/// same request id, and remembers every answer.
final class FailoverLoad implements AutoCloseable {
  private static final Duration RETRY_PAUSE = Duration.ofMillis(10);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int SCALED_ONE_IN = 5;
  private static final int PAGE = 1_000;

  private final Api api;
  private final Map<String, Workload> answers = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closed;

  /// What the requests came to.
  ///
  /// @param acknowledged requests that were answered
  /// @param lost of these, not to be seen afterwards
  /// @param doubled of these, with more than they asked for
  record Verdict(long acknowledged, long lost, long doubled) {}

  private FailoverLoad(Api api) {
    this.api = api;
    this.thread = Thread.ofPlatform().daemon().name("load").start(this::create);
  }

  static FailoverLoad start(ControlPlane plane) {
    return new FailoverLoad(plane.api());
  }

  private void create() {
    for (int i = 0; !closed; i++) {
      String name = "load-" + i;
      Workload made = create(api, name, UUID.randomUUID().toString());
      answers.put(name, made);
      if (i % SCALED_ONE_IN == 0) {
        ScaleWorkloadRequest scale =
            ScaleWorkloadRequest.newBuilder().setName(name).setReplicas(2).build();
        answers.put(name, patiently(() -> api.workloads().scaleWorkload(scale)));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /// Creates a service of one container, however long it takes.
  static Workload create(Api api, String name, String requestId) {
    CreateWorkloadRequest request =
        CreateWorkloadRequest.newBuilder()
            .setRequestId(requestId)
            .setWorkload(
                Workload.newBuilder()
                    .setName(name)
                    .setSpec(
                        WorkloadSpec.newBuilder()
                            .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
                            .setReplicas(1)
                            .setContainer(ContainerSpec.newBuilder().setImage("berth/demo"))))
            .build();
    return patiently(() -> api.workloads().createWorkload(request));
  }

  /// Repeats a call until it is answered, at the pace of a patient client: one that asks without a
  /// pause takes the processors that the successor needs.
  static <T> T patiently(Supplier<T> call) {
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        if (code != Status.Code.UNAVAILABLE && code != Status.Code.DEADLINE_EXCEEDED) {
          throw e;
        }
        LockSupport.parkNanos(RETRY_PAUSE.toNanos());
      }
    }
  }

  /// Ends the load and compares what was answered with what is there.
  Verdict verdict(Api reader, List<ScriptedAgent> agents) {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    Map<String, Workload> present = present(reader);
    long lost = 0;
    long doubled = 0;
    for (Map.Entry<String, Workload> answer : answers.entrySet()) {
      Workload found = present.get(answer.getKey());
      if (found == null) {
        lost++;
      } else if (!found.getUid().equals(answer.getValue().getUid())) {
        doubled++;
      } else if (found.getSpec().getReplicas() != answer.getValue().getSpec().getReplicas()) {
        lost++;
      }
    }
    long wanted = answers.values().stream().mapToLong(w -> w.getSpec().getReplicas()).sum();
    long running =
        Eventually.until(
            "all that was asked for runs",
            () ->
                agents.stream()
                    .flatMap(agent -> agent.runtime().running().values().stream())
                    .filter(run -> run.slot().startsWith("load-"))
                    .count(),
            count -> count >= wanted);
    return new Verdict(answers.size(), lost, doubled + (running - wanted));
  }

  private static Map<String, Workload> present(Api api) {
    Map<String, Workload> all = new TreeMap<>();
    ListWorkloadsRequest.Builder next = ListWorkloadsRequest.newBuilder().setPageSize(PAGE);
    do {
      ListWorkloadsResponse page = patiently(() -> api.workloads().listWorkloads(next.build()));
      page.getWorkloadsList().forEach(workload -> all.put(workload.getName(), workload));
      next.setPageToken(page.getNextPageToken());
    } while (!next.getPageToken().isEmpty());
    return all;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    api.close();
  }
}
