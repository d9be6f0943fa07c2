package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A slot that needs a node.
///
/// @param spec what is to run
/// @param requested what it asks of its node
/// @param previous the instance that was in the slot before; null: there was none
/// @param siblings how many instances of the workload are on a node and not final, by node; empty
///     unless the workload is to be spread
public record PlacementRequest(
    WorkloadSpec spec,
    Resources requested,
    @Nullable InstanceRecord previous,
    Map<String, Integer> siblings) {
  /// A request as the state has it.
  public static PlacementRequest of(
      ClusterState state, WorkloadKey key, WorkloadSpec spec, @Nullable InstanceRecord previous) {
    return new PlacementRequest(
        spec,
        WorkloadDefaults.requested(spec),
        previous,
        spec.getPlacement().getSpreadList().contains("node.name")
            ? siblings(state, key)
            : Map.of());
  }

  private static Map<String, Integer> siblings(ClusterState state, WorkloadKey key) {
    Map<String, Integer> counts = new TreeMap<>();
    for (InstanceRecord instance : state.instancesOf(key)) {
      if (!instance.isFinal() && !instance.node().isEmpty()) {
        counts.merge(instance.node(), 1, Integer::sum);
      }
    }
    return counts;
  }
}
