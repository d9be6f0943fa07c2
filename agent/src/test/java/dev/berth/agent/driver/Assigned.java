package dev.berth.agent.driver;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.DesiredState;
import dev.berth.v1.WorkloadType;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Assignments for tests.
public final class Assigned {
  private Assigned() {}

  /// A service's slot with an id that follows from its name.
  public static AssignedInstance container(String workload, int slot, String image) {
    AssignedInstance.Builder instance =
        AssignedInstance.newBuilder()
            .setInstanceId(id(workload + "." + slot))
            .setNamespace("default")
            .setWorkload(workload)
            .setWorkloadUid(UUID.nameUUIDFromBytes(bytes(workload)).toString())
            .setWorkloadRevision(1)
            .setSlot(slot)
            .setDesiredState(DesiredState.DESIRED_STATE_RUN);
    instance
        .getSpecBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .getContainerBuilder()
        .setImage(image);
    return instance.build();
  }

  /// An instance id that follows from a name.
  public static String id(String name) {
    return UUID.nameUUIDFromBytes(bytes(name)).toString().replace("-", "");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
