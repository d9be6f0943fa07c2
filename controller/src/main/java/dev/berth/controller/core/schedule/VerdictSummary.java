package dev.berth.controller.core.schedule;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Sums up why no node will do, in one sentence.
final class VerdictSummary {
  private VerdictSummary() {}

  static Placement.Unplaced of(List<Verdict.Rejected> verdicts) {
    if (verdicts.isEmpty()) {
      return new Placement.Unplaced(
          "NoNodes",
          "No node has joined: make a token with \"berth token create\" and start an agent with"
              + " it.");
    }
    Map<String, Group> groups = new TreeMap<>();
    boolean scarce = false;
    for (Verdict.Rejected verdict : verdicts) {
      scarce |= verdict.rejection().scarce();
      groups.merge(verdict.rejection().label(), new Group(1, verdict.rejection()), Group::plus);
    }
    List<String> parts =
        groups.values().stream()
            .sorted(
                Comparator.comparingInt(Group::count)
                    .reversed()
                    .thenComparing(group -> group.shown().label()))
            .map(Group::describe)
            .toList();
    return new Placement.Unplaced(
        scarce ? "NoCapacity" : "NoNodeFits",
        "0 of %d %s fit: %s"
            .formatted(
                verdicts.size(),
                verdicts.size() == 1 ? "node" : "nodes",
                String.join(", ", parts)));
  }

  private record Group(int count, Rejection shown) {
    Group plus(Group other) {
      return new Group(
          count + other.count, other.shown.closeness() > shown.closeness() ? other.shown : shown);
    }

    String describe() {
      String detail = shown.detail().isEmpty() ? "" : " (" + shown.detail() + ")";
      return count + " " + shown.label() + detail;
    }
  }
}
