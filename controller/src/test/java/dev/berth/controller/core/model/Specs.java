package dev.berth.controller.core.model;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;

/// Specs and hosts that tests are made of.
public final class Specs {
  private Specs() {}

  /// A service of one small container.
  public static WorkloadSpec.Builder service(int replicas) {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(replicas)
        .setContainer(ContainerSpec.newBuilder().setImage("berth/demo"))
        .setResources(Resources.newBuilder().setCpuMillis(100).setMemoryBytes(64L << 20));
  }

  /// A batch of small containers.
  public static WorkloadSpec.Builder batch(int replicas) {
    return service(replicas).setType(WorkloadType.WORKLOAD_TYPE_BATCH);
  }

  /// A host with Docker.
  public static NodeDescription.Builder host(long cpuMillis, long memoryMib) {
    return NodeDescription.newBuilder()
        .setAddress("127.0.0.1")
        .setCapacity(Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(memoryMib << 20))
        .setDynamicPortFirst(20_000)
        .setDynamicPortLast(20_099)
        .addDrivers(
            DriverDescription.newBuilder()
                .setName("docker")
                .setKind(Kind.KIND_CONTAINER)
                .setAvailable(true));
  }
}
