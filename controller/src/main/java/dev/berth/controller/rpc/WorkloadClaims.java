package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.Mount;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// Which workloads name which volumes or networks of nodes, in any spec that is wanted or still
/// runs. A container that is away for a moment, between two revisions or with a node, leaves the
/// claim of its workload.
final class WorkloadClaims {
  private static final int SHOWN_MAX = 100;

  private final ClusterState state;
  private final Function<WorkloadSpec, Stream<String>> names;
  private final Map<String, TreeSet<String>> byName = new TreeMap<>();

  private WorkloadClaims(ClusterState state, Function<WorkloadSpec, Stream<String>> names) {
    this.state = state;
    this.names = names;
    for (WorkloadRecord workload : state.workloads().values()) {
      named(workload)
          .forEach(name -> byName.computeIfAbsent(name, _ -> new TreeSet<>()).add(shown(workload)));
    }
  }

  static WorkloadClaims ofVolumes(ClusterState state) {
    return new WorkloadClaims(
        state,
        spec -> spec.getMountsList().stream().filter(Mount::hasVolume).map(Mount::getVolume));
  }

  static WorkloadClaims ofNetworks(ClusterState state) {
    return new WorkloadClaims(
        state,
        spec -> Stream.of(spec.getContainer().getNetwork()).filter(network -> !network.isEmpty()));
  }

  private Stream<String> named(WorkloadRecord workload) {
    return Stream.concat(
            Stream.of(workload.message().getSpec()), workload.olderSpecs().values().stream())
        .flatMap(names);
  }

  private static String shown(WorkloadRecord workload) {
    return workload.message().getNamespace() + "/" + workload.message().getName();
  }

  /// All that some workload names.
  List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /// Workloads that name it, "namespace/name", at most 100.
  List<String> of(String name) {
    return byName.getOrDefault(name, new TreeSet<>()).stream().limit(SHOWN_MAX).toList();
  }

  /// Nodes on which a slot has its place whose workload names it are refused.
  ///
  /// @param advice what to do instead
  List<ImageTargets.Chosen> guarded(List<ImageTargets.Chosen> nodes, String name, String advice) {
    Map<String, String> slotByNode = new TreeMap<>();
    for (WorkloadRecord workload : state.workloads().values()) {
      if (named(workload).anyMatch(name::equals)) {
        int slot = 0;
        for (InstanceRecord each : state.instancesOf(workload.key())) {
          // The newest of a slot comes first, and says where the slot has its place.
          if (each.message().getSlot() != slot && !each.node().isEmpty()) {
            slot = each.message().getSlot();
            slotByNode.putIfAbsent(
                each.node(), each.message().getNamespace() + "/" + each.message().getName());
          }
        }
      }
    }
    return nodes.stream()
        .map(
            node ->
                Optional.ofNullable(slotByNode.get(node.node()))
                    .filter(_ -> node.problem().isEmpty())
                    .map(
                        slot ->
                            ImageTargets.Chosen.refused(
                                node.node(),
                                StatusMapper.code(RefusalCode.FAILED_PRECONDITION),
                                "%s: %s %s".formatted(name, slot, advice)))
                    .orElse(node))
        .toList();
  }
}
