package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.Explanation;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeUsage;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.schedule.Preemption.Choice;
import dev.berth.v1.PlacementDecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Makes room for slots that found none, by stopping instances of less priority. A few slots at a
/// time: the others are tried again when the first victims have ended.
final class PreemptionSearch {
  private static final int SLOTS_MAX = 16;

  private final Fleet fleet;
  private final PlacementSearch search;
  private final Preemption preemption;
  private final Map<WorkloadKey, Integer> disturbed = new HashMap<>();
  private final Set<String> used = new HashSet<>();

  PreemptionSearch(
      Fleet fleet,
      PlacementSearch search,
      PlacementRequest request,
      ToIntFunction<WorkloadKey> budgets) {
    this.fleet = fleet;
    this.search = search;
    this.preemption =
        new Preemption(
            fleet.state(),
            request,
            key -> budgets.applyAsInt(key) - disturbed.getOrDefault(key, 0));
  }

  /// The placements with room made for as many slots as can be.
  List<Placement> improve(List<Placement> placements) {
    if (placements.stream().noneMatch(PreemptionSearch::wantsRoom) || !preemption.isPossible()) {
      return placements;
    }
    List<Placement> improved = new ArrayList<>(placements);
    long most = Math.min(SLOTS_MAX, search.quotaLeft());
    int made = 0;
    for (int i = 0; i < improved.size() && made < most; i++) {
      if (improved.get(i) instanceof Placement.Unplaced unplaced && wantsRoom(unplaced)) {
        Choice choice = best();
        if (choice == null) {
          return improved;
        }
        improved.set(i, take(choice, unplaced));
        made++;
      }
    }
    return improved;
  }

  private static boolean wantsRoom(Placement placement) {
    return placement instanceof Placement.Unplaced unplaced
        && unplaced.reason().equals(Refusals.NO_CAPACITY);
  }

  private @Nullable Choice best() {
    Choice best = null;
    for (NodeClass nodes : fleet.classes()) {
      List<FleetNode> all = new ArrayList<>();
      nodes.nodes().forEach(all::add);
      for (FleetNode node : all) {
        if (!used.contains(node.name()) && search.mayGetMore(node)) {
          Choice choice = on(node, best);
          best =
              choice != null && (best == null || Choice.ORDER.compare(choice, best) < 0)
                  ? choice
                  : best;
        }
      }
    }
    return best;
  }

  /// What is ending already makes room first.
  private @Nullable Choice on(FleetNode node, @Nullable Choice best) {
    NodeUsage staying = node.usage();
    for (InstanceRecord each : node.usage().instances().values()) {
      if (!each.isFinal() && !each.isWanted()) {
        staying = staying.without(each);
      }
    }
    FleetNode later = node.with(staying);
    return search.wouldFit(node, staying)
        ? new Choice(node, List.of(), 0, 0)
        : preemption.on(later, search::wouldFit, best);
  }

  private Placement take(Choice choice, Placement.Unplaced unplaced) {
    used.add(choice.node().name());
    search.expect(choice.node().name());
    choice.victims().forEach(victim -> disturbed.merge(victim.workload(), 1, Integer::sum));
    List<String> names =
        choice.victims().stream().map(victim -> victim.message().getName()).toList();
    String message =
        names.isEmpty()
            ? "Waits for room on node " + choice.node().name() + ", where instances are ending."
            : "Takes the place of "
                + String.join(", ", names)
                + " on node "
                + choice.node().name()
                + ", of less priority, and waits until they have ended.";
    return new Placement.Preempting(
        choice.node().name(),
        choice.victims(),
        message,
        new Explanation(
            unplaced.explanation().found().toBuilder()
                .setMessage(message)
                .addAllPreempted(names)
                .build(),
            0,
            null));
  }

  /// Room is still being made.
  static Placement waiting(String node, int nodes) {
    String message = "Waits for room on node " + node + ", where instances are ending.";
    return new Placement.Preempting(
        node,
        List.of(),
        message,
        new Explanation(
            PlacementDecision.newBuilder().setNodes(nodes).setMessage(message).build(), 0, null));
  }
}
