package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeUsage;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Finds instances of little priority whose end makes room for a slot of much: on the node where
/// the most important of them is least important, then where they are fewest, then where they are
/// smallest. None is stopped that need not be.
final class Preemption {
  private static final int PRIORITY_GAP = 10;
  // Up to so many instances of a node every choice is tried; above, the largest go first.
  private static final int EXACT_MAX = 14;

  private final ClusterState state;
  private final ToIntFunction<WorkloadKey> budgets;
  private final int priority;

  /// @param budgets how many more slots of a workload may be disturbed
  Preemption(ClusterState state, PlacementRequest request, ToIntFunction<WorkloadKey> budgets) {
    this.state = state;
    this.budgets = budgets;
    this.priority = priority(request.spec().getPriority());
  }

  /// Instances that make room on a node.
  ///
  /// @param highest priority of the most important victim
  /// @param share of the node that they have together, 0 to 2
  record Choice(FleetNode node, List<InstanceRecord> victims, int highest, double share) {
    static final Comparator<Choice> ORDER =
        Comparator.comparingInt(Choice::highest)
            .thenComparingInt(choice -> choice.victims().size())
            .thenComparingDouble(Choice::share)
            .thenComparing(choice -> choice.node().name());
  }

  /// Asks whether the slot fits on a node without some instances.
  interface Fits {
    boolean test(FleetNode node, NodeUsage without);
  }

  private static int priority(int given) {
    return given == 0 ? WorkloadDefaults.PRIORITY : given;
  }

  /// Whether anything is so unimportant that it could be a victim.
  boolean isPossible() {
    for (WorkloadRecord workload : state.workloads().values()) {
      if (priority(workload.message().getSpec().getPriority()) + PRIORITY_GAP <= priority) {
        return true;
      }
    }
    return false;
  }

  /// The best choice on a node; null when there is none.
  ///
  /// @param best what was found elsewhere; choices that are worse than it are not looked for
  @Nullable Choice on(FleetNode node, Fits fits, @Nullable Choice best) {
    List<InstanceRecord> victims = victims(node);
    int tried = -1;
    for (InstanceRecord victim : victims) {
      int highest = priorityOf(victim);
      if (best != null && highest > best.highest()) {
        return null;
      }
      if (highest != tried) {
        tried = highest;
        List<InstanceRecord> allowed =
            victims.stream().filter(each -> priorityOf(each) <= highest).toList();
        int most =
            best != null && highest == best.highest() ? best.victims().size() : allowed.size();
        List<InstanceRecord> fewest = fewest(node, allowed, most, fits);
        if (fewest != null) {
          return new Choice(node, fewest, highest, share(node, fewest));
        }
      }
    }
    return null;
  }

  /// Instances that may be stopped, the least important first.
  private List<InstanceRecord> victims(FleetNode node) {
    List<InstanceRecord> victims = new ArrayList<>();
    for (InstanceRecord instance : node.usage().instances().values()) {
      if (instance.isWanted()
          && !instance.isPending()
          && priorityOf(instance) + PRIORITY_GAP <= priority
          && budgets.applyAsInt(instance.workload()) > 0) {
        victims.add(instance);
      }
    }
    victims.sort(Comparator.comparingInt(this::priorityOf).thenComparing(InstanceRecord::id));
    return victims;
  }

  private int priorityOf(InstanceRecord instance) {
    WorkloadRecord workload = state.workload(instance.workload());
    return priority(workload == null ? 0 : workload.message().getSpec().getPriority());
  }

  private @Nullable List<InstanceRecord> fewest(
      FleetNode node, List<InstanceRecord> allowed, int most, Fits fits) {
    if (isWithinBudgets(allowed) && !fits.test(node, without(node, allowed))) {
      return null;
    }
    return allowed.size() <= EXACT_MAX
        ? exact(node, allowed, most, fits)
        : greedy(node, allowed, fits);
  }

  /// Tries every choice, the smallest first; of equally many the smallest share.
  private @Nullable List<InstanceRecord> exact(
      FleetNode node, List<InstanceRecord> allowed, int most, Fits fits) {
    for (int size = 1; size <= Math.min(most, allowed.size()); size++) {
      List<InstanceRecord> best = null;
      for (int mask = 1; mask < 1 << allowed.size(); mask++) {
        if (Integer.bitCount(mask) == size) {
          List<InstanceRecord> chosen = chosen(allowed, mask);
          if (isWithinBudgets(chosen)
              && (best == null || share(node, chosen) < share(node, best))
              && fits.test(node, without(node, chosen))) {
            best = chosen;
          }
        }
      }
      if (best != null) {
        return best;
      }
    }
    return null;
  }

  private static List<InstanceRecord> chosen(List<InstanceRecord> allowed, int mask) {
    List<InstanceRecord> chosen = new ArrayList<>();
    for (int i = 0; i < allowed.size(); i++) {
      if ((mask & 1 << i) != 0) {
        chosen.add(allowed.get(i));
      }
    }
    return chosen;
  }

  /// Takes the largest until it fits, and then spares each that need not go.
  private @Nullable List<InstanceRecord> greedy(
      FleetNode node, List<InstanceRecord> allowed, Fits fits) {
    List<InstanceRecord> bySize = new ArrayList<>(allowed);
    bySize.sort(
        Comparator.comparingDouble((InstanceRecord each) -> share(node, List.of(each)))
            .reversed()
            .thenComparing(InstanceRecord::id));
    List<InstanceRecord> taken = new ArrayList<>();
    for (InstanceRecord each : bySize) {
      taken.add(each);
      if (!isWithinBudgets(taken)) {
        taken.removeLast();
      } else if (fits.test(node, without(node, taken))) {
        return spare(node, taken, fits);
      }
    }
    return null;
  }

  private static List<InstanceRecord> spare(FleetNode node, List<InstanceRecord> taken, Fits fits) {
    List<InstanceRecord> needed = new ArrayList<>(taken);
    for (InstanceRecord each : taken) {
      List<InstanceRecord> rest = new ArrayList<>(needed);
      rest.remove(each);
      if (fits.test(node, without(node, rest))) {
        needed = rest;
      }
    }
    return needed;
  }

  private boolean isWithinBudgets(List<InstanceRecord> chosen) {
    for (InstanceRecord each : chosen) {
      WorkloadKey key = each.workload();
      int budget = budgets.applyAsInt(key);
      if (budget < chosen.size()
          && chosen.stream().filter(other -> other.workload().equals(key)).count() > budget) {
        return false;
      }
    }
    return true;
  }

  private static NodeUsage without(FleetNode node, List<InstanceRecord> gone) {
    NodeUsage usage = node.usage();
    for (InstanceRecord each : gone) {
      usage = usage.without(each);
    }
    return usage;
  }

  private static double share(FleetNode node, List<InstanceRecord> instances) {
    Resources capacity = node.record().message().getDescription().getCapacity();
    double share = 0;
    for (InstanceRecord each : instances) {
      share +=
          (double) each.reserved().getCpuMillis() / Math.max(1, capacity.getCpuMillis())
              + (double) each.reserved().getMemoryBytes() / Math.max(1, capacity.getMemoryBytes());
    }
    return share;
  }
}
