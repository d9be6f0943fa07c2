package dev.berth.bench;

import com.google.protobuf.Timestamp;
import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.LibvirtHost;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.Resources;
import dev.berth.v1.StateTransition;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmSpec;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Machines through Berth, as a client sees them.
final class BerthMachines implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final int CPU = 1_000;
  private static final long MEMORY = 256L << 20;

  private final Api api;
  private final InstanceWatch watch;

  BerthMachines(Api api) {
    this.api = api;
    this.watch = new InstanceWatch(api, LIMIT);
  }

  /// Creates a workload and waits until all of its machines are ready.
  ///
  /// @return how long each took, by its phases; from before the call
  List<MachineStart> run(String name, String image, int replicas) {
    CreateWorkloadRequest request = request(name, image, replicas);
    Instant begin = Instant.now();
    api.workloads().createWorkload(request);
    return watch
        .await(all -> all.stream().filter(each -> isReady(each, name)).count() == replicas)
        .stream()
        .filter(each -> each.getWorkload().equals(name))
        .map(each -> start(each.getStatus(), begin))
        .toList();
  }

  /// Deletes a workload and waits until nothing of it is left.
  void delete(String name, LibvirtHost libvirt) {
    api.workloads()
        .deleteWorkload(DeleteWorkloadRequest.newBuilder().setName(name).setForce(true).build());
    Eventually.within(LIMIT, "no machine is left", libvirt::domains, List::isEmpty);
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

  private static boolean isReady(Instance instance, String workload) {
    return instance.getWorkload().equals(workload)
        && phase(instance.getStatus(), BootPhaseKind.BOOT_PHASE_KIND_READY).isPresent();
  }

  private static MachineStart start(InstanceStatus status, Instant begin) {
    Optional<Timestamp> running =
        status.getTransitionsList().stream()
            .filter(each -> each.getState() == InstanceState.INSTANCE_STATE_RUNNING)
            .map(StateTransition::getTime)
            .findFirst();
    return new MachineStart(
        since(begin, running),
        since(begin, phase(status, BootPhaseKind.BOOT_PHASE_KIND_KERNEL)),
        since(begin, phase(status, BootPhaseKind.BOOT_PHASE_KIND_READY)));
  }

  private static Optional<Timestamp> phase(InstanceStatus status, BootPhaseKind kind) {
    return status.getBootPhasesList().stream()
        .filter(each -> each.getPhase() == kind)
        .map(BootPhase::getTime)
        .findFirst();
  }

  private static long since(Instant begin, Optional<Timestamp> time) {
    Timestamp found = time.orElseThrow(() -> new IllegalStateException("a phase was not seen"));
    return Duration.between(begin, Instant.ofEpochSecond(found.getSeconds(), found.getNanos()))
        .toNanos();
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
                        .setResources(
                            Resources.newBuilder().setCpuMillis(CPU).setMemoryBytes(MEMORY))
                        .setVm(VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage(image)))))
        .build();
  }
}
