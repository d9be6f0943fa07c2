package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.schedule.PlacementNeeds.Nearness;
import dev.berth.spec.placement.Attribute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How many instances of which workload are in which domain, as far as a search needs to know: one
/// counter for each workload, attribute and value. A domain is what nodes with the same value of an
/// attribute are together: a zone, a rack. Kept up to date as the search places instances.
final class Domains {
  private final Fleet fleet;
  private final WorkloadKey own;
  private final Map<Subject, SortedMap<String, Domain>> counters = new HashMap<>();
  private final Map<NodeClass, Integer> placed = new HashMap<>();

  private record Subject(WorkloadKey workload, Attribute attribute) {}

  /// The instances of a workload in one domain.
  static final class Domain {
    private int count;

    int count() {
      return count;
    }
  }

  /// @param own the workload whose slots are placed
  Domains(Fleet fleet, WorkloadKey own) {
    this.fleet = fleet;
    this.own = own;
  }

  /// The counter of the domain to which nodes of a class belong.
  Domain of(WorkloadKey workload, Attribute attribute, NodeClass nodes) {
    return counter(workload, attribute).computeIfAbsent(nodes.value(attribute), _ -> new Domain());
  }

  private SortedMap<String, Domain> counter(WorkloadKey workload, Attribute attribute) {
    Subject subject = new Subject(workload, attribute);
    SortedMap<String, Domain> known = counters.get(subject);
    if (known == null) {
      known = count(workload, attribute);
      counters.put(subject, known);
    }
    return known;
  }

  private SortedMap<String, Domain> count(WorkloadKey workload, Attribute attribute) {
    SortedMap<String, Domain> found = new TreeMap<>();
    fleet
        .counts(workload)
        .forEach(
            (name, count) -> {
              FleetNode node = fleet.node(name);
              NodeClass nodes = node == null ? null : node.nodeClass();
              if (nodes != null) {
                found.computeIfAbsent(nodes.value(attribute), _ -> new Domain()).count += count;
              }
            });
    if (workload.equals(own)) {
      placed.forEach(
          (nodes, count) ->
              found.computeIfAbsent(nodes.value(attribute), _ -> new Domain()).count += count);
    }
    return found;
  }

  /// Whether any instance of the workload is anywhere.
  boolean isAnywhere(Nearness nearness) {
    for (Domain domain : counter(nearness.workload(), nearness.within()).values()) {
      if (domain.count() > 0) {
        return true;
      }
    }
    return false;
  }

  /// Why nodes of a class must not get another instance because of what is near to them; null when
  /// they may.
  @Nullable Rejection reject(NodeClass nodes, List<Nearness> near, List<Nearness> apart) {
    for (Nearness each : apart) {
      if (!each.isSameNode() && of(each.workload(), each.within(), nodes).count() > 0) {
        return tooNear(each);
      }
    }
    for (Nearness each : near) {
      if (each.isHard()
          && !each.isSameNode()
          && of(each.workload(), each.within(), nodes).count() == 0
          && !(each.workload().equals(own) && !isAnywhere(each))) {
        return tooFar(each);
      }
    }
    return null;
  }

  /// The same for one node, about what must or must not be on it.
  @Nullable Rejection reject(Candidate candidate, List<Nearness> near, List<Nearness> apart) {
    for (Nearness each : apart) {
      if (each.isSameNode() && onNode(each.workload(), candidate) > 0) {
        return tooNear(each);
      }
    }
    for (Nearness each : near) {
      if (each.isHard()
          && each.isSameNode()
          && onNode(each.workload(), candidate) == 0
          && !(each.workload().equals(own) && isFirst())) {
        return tooFar(each);
      }
    }
    return null;
  }

  private boolean isFirst() {
    return placed.isEmpty() && fleet.counts(own).isEmpty();
  }

  /// An instance of the own workload was placed on a node.
  void placed(Candidate candidate) {
    NodeClass nodes = candidate.node().nodeClass();
    if (nodes == null) {
      return;
    }
    placed.merge(nodes, 1, Integer::sum);
    counters.forEach(
        (subject, values) -> {
          if (subject.workload().equals(own)) {
            values.computeIfAbsent(nodes.value(subject.attribute()), _ -> new Domain()).count++;
          }
        });
  }

  private int onNode(WorkloadKey workload, Candidate candidate) {
    int known = fleet.counts(workload).getOrDefault(candidate.node().name(), 0);
    return workload.equals(own) ? known + candidate.placed() : known;
  }

  /// How much wishes about what is in their domains count for nodes of a class.
  int preferenceOf(NodeClass nodes, PlacementNeeds needs) {
    return sum(
        needs, each -> !each.isSameNode() && of(each.workload(), each.within(), nodes).count() > 0);
  }

  /// How much wishes about what is on it count for a node.
  int preferenceOf(Candidate candidate, PlacementNeeds needs) {
    return sum(needs, each -> each.isSameNode() && onNode(each.workload(), candidate) > 0);
  }

  private static int sum(PlacementNeeds needs, Predicate<Nearness> holds) {
    int sum = 0;
    for (Nearness each : needs.near()) {
      sum += !each.isHard() && holds.test(each) ? each.weight() : 0;
    }
    for (Nearness each : needs.apart()) {
      sum -= !each.isHard() && holds.test(each) ? each.weight() : 0;
    }
    return sum;
  }

  private static Rejection tooNear(Nearness each) {
    return Rejection.scarce(
        "anti-affinity: " + name(each) + " within " + each.within(),
        "",
        "add nodes with another " + each.within() + ", or give the rule a weight to make it a wish",
        0);
  }

  private static Rejection tooFar(Nearness each) {
    return Rejection.scarce(
        "affinity: no " + name(each) + " within " + each.within(),
        "",
        "start " + name(each) + " there, or give the rule a weight to make it a wish",
        0);
  }

  private static String name(Nearness each) {
    return each.workload().name();
  }
}
