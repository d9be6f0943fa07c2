package dev.berth.agent.driver;

import dev.berth.v1.AssignedInstance;
import java.util.Map;

/// The labels by which drivers find their objects again. They are the truth: a journal only helps.
public final class Labels {
  /// Id of the instance.
  public static final String INSTANCE = "dev.berth.instance";

  /// UUID of the cluster.
  public static final String CLUSTER = "dev.berth.cluster";

  /// Name of the node.
  public static final String NODE = "dev.berth.node";

  /// Namespace of the workload.
  public static final String NAMESPACE = "dev.berth.namespace";

  /// Name of the workload.
  public static final String WORKLOAD = "dev.berth.workload";

  /// UID of the workload.
  public static final String WORKLOAD_UID = "dev.berth.workload-uid";

  /// Revision of the workload's spec.
  public static final String REVISION = "dev.berth.revision";

  /// Index of the slot, from 1.
  public static final String SLOT = "dev.berth.slot";

  private Labels() {}

  /// The labels of an instance.
  public static Map<String, String> of(Owner owner, AssignedInstance instance) {
    return Map.of(
        INSTANCE, instance.getInstanceId(),
        CLUSTER, owner.clusterUid(),
        NODE, owner.node(),
        NAMESPACE, instance.getNamespace(),
        WORKLOAD, instance.getWorkload(),
        WORKLOAD_UID, instance.getWorkloadUid(),
        REVISION, Long.toUnsignedString(instance.getWorkloadRevision()),
        SLOT, Integer.toUnsignedString(instance.getSlot()));
  }
}
