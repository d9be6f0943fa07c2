package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.Explanation;
import dev.berth.v1.NodeRefusal;
import dev.berth.v1.PlacementDecision;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Nodes that were refused, by reason.
final class Refusals {
  private final Map<String, Group> groups = new HashMap<>();
  private boolean scarce;

  private record Group(int nodes, Rejection closest) {
    Group plus(Group other) {
      return new Group(nodes + other.nodes, other.isCloser(this) ? other.closest : closest);
    }

    // Of equally close ones always the same, in whatever order they come.
    private boolean isCloser(Group than) {
      int byCloseness = Long.compare(closest.closeness(), than.closest.closeness());
      return byCloseness != 0
          ? byCloseness > 0
          : closest.detail().compareTo(than.closest.detail()) < 0;
    }

    NodeRefusal view() {
      return NodeRefusal.newBuilder()
          .setReason(closest.label())
          .setDetail(closest.detail())
          .setAdvice(closest.advice())
          .setNodes(nodes)
          .build();
    }

    String text() {
      String detail = closest.detail().isEmpty() ? "" : " (" + closest.detail() + ")";
      return nodes + " " + closest.label() + detail;
    }
  }

  void add(Rejection rejection, int nodes) {
    scarce |= rejection.scarce();
    groups.merge(rejection.label(), new Group(nodes, rejection), Group::plus);
  }

  /// The most frequent first.
  List<NodeRefusal> views() {
    return inOrder().stream().map(Group::view).toList();
  }

  private List<Group> inOrder() {
    return groups.values().stream()
        .sorted(
            Comparator.comparingInt(Group::nodes)
                .reversed()
                .thenComparing(group -> group.closest().label()))
        .toList();
  }

  /// All nodes were refused.
  Placement.Unplaced none(int nodes) {
    if (nodes == 0) {
      String message =
          "No node has joined: make a token with \"berth token create\" and start an agent with"
              + " it.";
      return unplaced("NoNodes", message, PlacementDecision.newBuilder());
    }
    String message =
        "0 of %d %s: %s"
            .formatted(
                nodes,
                nodes == 1 ? "node fits" : "nodes fit",
                String.join(", ", inOrder().stream().map(Group::text).toList()));
    return unplaced(scarce ? "NoCapacity" : "NoNodeFits", message, builder(nodes));
  }

  /// The one node that could be was refused.
  Placement.Unplaced pinned(String node, int nodes) {
    Group only = inOrder().getFirst();
    String message = "Its volume is on node " + node + ", which was refused: " + only.text() + ".";
    return unplaced("VolumeElsewhere", message, builder(nodes));
  }

  private PlacementDecision.Builder builder(int nodes) {
    return PlacementDecision.newBuilder().setNodes(nodes).addAllRefusals(views());
  }

  static Placement.Unplaced unplaced(
      String reason, String message, PlacementDecision.Builder found) {
    return new Placement.Unplaced(
        reason, message, new Explanation(found.setMessage(message).build(), 0, null));
  }
}
