package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.spec.placement.Attribute;
import dev.berth.spec.placement.Expression;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.Preference;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a workload wants of nodes beyond room, read once from its spec.
///
/// @param require conditions on the node
/// @param prefer wishes about the node
/// @param spread attributes over whose values slots are spread, the first counts most
/// @param near workloads to be near to
/// @param apart workloads to be away from
/// @param tolerations taints that do not matter
/// @param emptiestFirst among equal nodes the emptiest is taken, else the fullest
record PlacementNeeds(
    Split<Expression> require,
    Split<Wish> prefer,
    List<Attribute> spread,
    List<Nearness> near,
    List<Nearness> apart,
    List<Toleration> tolerations,
    boolean emptiestFirst) {
  /// Nothing.
  static final PlacementNeeds NONE =
      new PlacementNeeds(
          new Split<>(List.of(), List.of()),
          new Split<>(List.of(), List.of()),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          false);

  /// What can be asked of a class of nodes, and what only of a single node, because it is about its
  /// name.
  record Split<T>(List<T> ofClass, List<T> ofNode) {}

  /// A wish and how much it counts; below 0 when it is to be avoided.
  record Wish(Expression expression, int weight) {}

  /// Another workload, or the workload itself, and how near.
  ///
  /// @param weight 0: it must be so
  record Nearness(WorkloadKey workload, Attribute within, int weight) {
    boolean isHard() {
      return weight == 0;
    }

    /// Whether two nodes are near only when they are the same.
    boolean isSameNode() {
      return within.equals(Attribute.NAME);
    }
  }

  static PlacementNeeds of(WorkloadKey workload, Placement placement) {
    Split<Expression> require = new Split<>(new ArrayList<>(), new ArrayList<>());
    for (String text : placement.getRequireList()) {
      Expression expression = Expression.parse(text);
      (isAboutName(expression) ? require.ofNode() : require.ofClass()).add(expression);
    }
    Split<Wish> prefer = new Split<>(new ArrayList<>(), new ArrayList<>());
    for (Preference preference : placement.getPreferList()) {
      Expression expression = Expression.parse(preference.getExpression());
      (isAboutName(expression) ? prefer.ofNode() : prefer.ofClass())
          .add(new Wish(expression, preference.getWeight()));
    }
    return new PlacementNeeds(
        require,
        prefer,
        placement.getSpreadList().stream().map(Attribute::parse).toList(),
        nearness(workload, placement.getAffinityList()),
        nearness(workload, placement.getAntiAffinityList()),
        placement.getTolerationsList(),
        placement.getStrategy() == PlacementStrategy.PLACEMENT_STRATEGY_SPREAD);
  }

  private static boolean isAboutName(Expression expression) {
    return expression.attributes().contains(Attribute.NAME);
  }

  private static List<Nearness> nearness(WorkloadKey own, List<WorkloadAffinity> terms) {
    List<Nearness> result = new ArrayList<>(terms.size());
    for (WorkloadAffinity term : terms) {
      WorkloadKey other =
          term.getWorkload().isEmpty() ? own : new WorkloadKey(own.namespace(), term.getWorkload());
      result.add(new Nearness(other, Attribute.parse(term.getWithin()), term.getWeight()));
    }
    return List.copyOf(result);
  }

  /// The attributes by which nodes must be told apart for it; never the name.
  SortedSet<Attribute> attributes() {
    SortedSet<Attribute> all = new TreeSet<>(spread);
    require.ofClass().forEach(expression -> all.addAll(expression.attributes()));
    require.ofNode().forEach(expression -> all.addAll(expression.attributes()));
    prefer.ofClass().forEach(wish -> all.addAll(wish.expression().attributes()));
    prefer.ofNode().forEach(wish -> all.addAll(wish.expression().attributes()));
    near.forEach(nearness -> all.add(nearness.within()));
    apart.forEach(nearness -> all.add(nearness.within()));
    all.remove(Attribute.NAME);
    return all;
  }
}
