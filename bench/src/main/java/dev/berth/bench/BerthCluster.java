package dev.berth.bench;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.time.Duration;
import java.util.Collection;

/// Berth as a client sees it: one watch that is open all the time, and calls.
final class BerthCluster implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Api api;
  private final InstanceWatch watch;

  BerthCluster(Api api) {
    this.api = api;
    this.watch = new InstanceWatch(api, LIMIT);
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
    return run(request(name, image, replicas));
  }

  /// The same with plain processes.
  long run(String name, ProcessSpec process, int replicas) {
    return run(request(name, spec(replicas).setProcess(process)));
  }

  /// The same with one process that may use so many thousandths of a CPU.
  long runLimited(String name, ProcessSpec process, int cpuMillis) {
    return run(
        request(
            name,
            spec(1)
                .setProcess(process)
                .setResources(Resources.newBuilder().setCpuMillis(cpuMillis))));
  }

  private long run(CreateWorkloadRequest request) {
    int replicas = request.getWorkload().getSpec().getReplicas();
    long begin = System.nanoTime();
    api.workloads().createWorkload(request);
    var _ = watch.await(all -> running(all) >= replicas);
    return System.nanoTime() - begin;
  }

  /// Deletes a workload and waits until Docker has none of its containers any more.
  void delete(String name, BareDocker docker) {
    ask(name);
    Eventually.within(LIMIT, "no container is left", docker::count, count -> count == 0);
    awaitNothing();
  }

  /// Deletes a workload of processes and waits until there are none.
  void delete(String name) {
    ask(name);
    awaitNothing();
  }

  private void ask(String name) {
    api.workloads()
        .deleteWorkload(DeleteWorkloadRequest.newBuilder().setName(name).setForce(true).build());
  }

  private void awaitNothing() {
    var _ = watch.await(all -> running(all) == 0);
    Eventually.within(
        LIMIT,
        "the name is free",
        () -> api.workloads().listWorkloads(ListWorkloadsRequest.getDefaultInstance()),
        list -> list.getWorkloadsCount() == 0);
  }

  @Override
  public void close() {
    watch.close();
  }

  private static long running(Collection<Instance> instances) {
    return instances.stream()
        .filter(each -> each.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING)
        .count();
  }

  private static CreateWorkloadRequest request(String name, String image, int replicas) {
    return request(
        name,
        spec(replicas)
            .setContainer(
                ContainerSpec.newBuilder().setImage(image).addAllCommand(BareDocker.program())));
  }

  private static WorkloadSpec.Builder spec(int replicas) {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(replicas)
        .setStopGrace(com.google.protobuf.Duration.getDefaultInstance());
  }

  private static CreateWorkloadRequest request(String name, WorkloadSpec.Builder spec) {
    return CreateWorkloadRequest.newBuilder()
        .setWorkload(Workload.newBuilder().setName(name).setSpec(spec))
        .build();
  }
}
