package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.core.schedule.PlacementNeeds.Nearness;
import dev.berth.spec.placement.Attribute;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What all workloads want of nodes, as far as they want anything: most do not, and cost nothing
/// here.
final class WorkloadNeeds {
  private final Map<WorkloadKey, PlacementNeeds> special = new HashMap<>();
  private final SortedMap<WorkloadKey, SortedMap<WorkloadKey, List<Nearness>>> repelled =
      new TreeMap<>();
  private final SortedSet<Attribute> attributes = new TreeSet<>();

  /// Forgets all and reads a state.
  void read(ClusterState state) {
    special.clear();
    repelled.clear();
    attributes.clear();
    for (WorkloadRecord workload : state.workloads().values()) {
      put(workload);
    }
  }

  /// A workload is like this now; null: it is gone.
  void follow(WorkloadKey key, @Nullable WorkloadRecord workload) {
    PlacementNeeds old = special.remove(key);
    if (old != null) {
      for (Nearness apart : old.apart()) {
        SortedMap<WorkloadKey, List<Nearness>> of = repelled.get(apart.workload());
        if (of != null && of.remove(key) != null && of.isEmpty()) {
          repelled.remove(apart.workload());
        }
      }
    }
    if (workload != null) {
      put(workload);
    }
  }

  private void put(WorkloadRecord workload) {
    if (!workload.message().getSpec().hasPlacement()) {
      return;
    }
    WorkloadKey key = workload.key();
    PlacementNeeds needs = PlacementNeeds.of(key, workload.message().getSpec().getPlacement());
    special.put(key, needs);
    attributes.addAll(needs.attributes());
    for (Nearness apart : needs.apart()) {
      if (apart.isHard()) {
        repelled
            .computeIfAbsent(apart.workload(), _ -> new TreeMap<>())
            .computeIfAbsent(key, _ -> new ArrayList<>())
            .add(apart);
      }
    }
  }

  /// What a workload wants.
  PlacementNeeds of(WorkloadKey key) {
    PlacementNeeds found = special.get(key);
    return found != null ? found : PlacementNeeds.NONE;
  }

  /// Where a workload must not be near to others: because it says so, or because they do.
  List<Nearness> apart(WorkloadKey key) {
    List<Nearness> all = new ArrayList<>();
    for (Nearness own : of(key).apart()) {
      if (own.isHard()) {
        all.add(own);
      }
    }
    repelled
        .getOrDefault(key, Collections.emptySortedMap())
        .forEach(
            (other, theirs) -> {
              if (!other.equals(key)) {
                theirs.forEach(each -> all.add(new Nearness(other, each.within(), 0)));
              }
            });
    return all;
  }

  /// The attributes by which nodes must be told apart for any of them; grows until all is read
  /// again.
  SortedSet<Attribute> attributes() {
    return attributes;
  }
}
