package dev.berth.controller.core.schedule;

import dev.berth.controller.core.schedule.PlacementNeeds.Wish;
import dev.berth.spec.placement.Attribute;

/// Which node is better for a workload: first how evenly its slots are spread, then wishes, then
/// how full the node is, then its name.
final class Merit {
  private final PlacementNeeds needs;
  private final Domains domains;
  private final boolean countsSiblings;

  Merit(PlacementNeeds needs, Domains domains) {
    this.needs = needs;
    this.domains = domains;
    this.countsSiblings = needs.spread().contains(Attribute.NAME);
  }

  /// Whether it matters how many instances of the workload are on a node.
  boolean countsSiblings() {
    return countsSiblings;
  }

  /// The better of two in the same domains first.
  int compare(Candidate one, Candidate other) {
    if (countsSiblings && one.siblings() != other.siblings()) {
      return Integer.compare(one.siblings(), other.siblings());
    }
    if (one.preference() != other.preference()) {
      return Integer.compare(other.preference(), one.preference());
    }
    return compareByLoad(one, other);
  }

  /// The better of two that are wished for alike first.
  int compareByLoad(Candidate one, Candidate other) {
    return byLoad(one.load(), one.node(), other.load(), other.node());
  }

  /// The class with the better untouched node first.
  int compare(ClassStream one, ClassStream other) {
    FleetNode head = one.head();
    FleetNode otherHead = other.head();
    if (one.preference() != other.preference() || head == null || otherHead == null) {
      return Integer.compare(other.preference(), one.preference());
    }
    return byLoad(head.load(), head, otherHead.load(), otherHead);
  }

  // In the order in which a LoadTree gives nodes, from either end.
  private int byLoad(double load, FleetNode node, double otherLoad, FleetNode other) {
    int fullestFirst = Double.compare(otherLoad, load);
    int order = fullestFirst != 0 ? fullestFirst : node.name().compareTo(other.name());
    return needs.emptiestFirst() ? -order : order;
  }

  /// How much a node is wished for, but for what is the same in its whole domain.
  int preference(Candidate candidate) {
    NodeClass nodes = candidate.node().nodeClass();
    int sum = nodes == null ? 0 : wishes(nodes);
    if (isAboutNearness()) {
      sum += domains.preferenceOf(candidate, needs);
    }
    for (Wish wish : needs.prefer().ofNode()) {
      sum +=
          wish.expression()
                  .test(attribute -> NodeClass.valueOf(candidate.node().record(), attribute))
              ? wish.weight()
              : 0;
    }
    return sum;
  }

  boolean isAboutNearness() {
    return !needs.near().isEmpty() || !needs.apart().isEmpty();
  }

  /// How much all nodes of a class are wished for.
  int wishes(NodeClass nodes) {
    int sum = 0;
    for (Wish wish : needs.prefer().ofClass()) {
      sum += wish.expression().test(nodes) ? wish.weight() : 0;
    }
    return sum;
  }

  /// A figure of the same order, for people.
  double score(Candidate candidate) {
    return candidate.preference()
        + (needs.emptiestFirst() ? 1 - candidate.load() : candidate.load());
  }

  /// What the score is made of, for people.
  String describe(Candidate candidate) {
    StringBuilder text = new StringBuilder();
    text.append("load ").append(Math.round(candidate.load() * 100)).append(" %");
    if (candidate.preference() != 0) {
      text.append(", wishes ").append(candidate.preference() > 0 ? "+" : "");
      text.append(candidate.preference());
    }
    if (countsSiblings) {
      text.append(", ").append(candidate.siblings()).append(" of it there");
    }
    return text.toString();
  }
}
