package dev.berth.e2e;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;

/// Requests of tests.
final class Requests {
  private Requests() {}

  /// A service of one container.
  ///
  /// @param requestId a UUID
  static CreateWorkloadRequest create(String name, String requestId) {
    return CreateWorkloadRequest.newBuilder()
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
  }
}
