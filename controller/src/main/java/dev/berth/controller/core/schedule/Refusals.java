package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.Explanation;
import dev.berth.v1.NodeRefusal;
import dev.berth.v1.PlacementDecision;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Nodes that were refused, by reason.
final class Refusals {
  /// Reason of slots that wait for something to end.
  static final String NO_CAPACITY = "NoCapacity";

  private static final int NAMES_MAX = 3;

  private final Map<String, Group> groups = new HashMap<>();
  private boolean scarce;

  /// @param node where `closest` was found; empty: nobody asked for names
  /// @param names of the nodes, as far as they are asked for, at most [#NAMES_MAX]
  private record Group(int nodes, Rejection closest, String node, SortedSet<String> names) {
    Group plus(Group other) {
      boolean closer = other.isCloser(this);
      SortedSet<String> all = new TreeSet<>(names);
      all.addAll(other.names);
      while (all.size() > NAMES_MAX) {
        all.removeLast();
      }
      return new Group(
          nodes + other.nodes, closer ? other.closest : closest, closer ? other.node : node, all);
    }

    // Of equally close ones always the same, in whatever order they come.
    private boolean isCloser(Group than) {
      int byCloseness = Long.compare(closest.closeness(), than.closest.closeness());
      return byCloseness != 0
          ? byCloseness > 0
          : (closest.detail() + node).compareTo(than.closest.detail() + than.node) < 0;
    }

    private String where() {
      if (names.isEmpty()) {
        return closest.detail();
      }
      if (!closest.detail().isEmpty()) {
        return closest.detail() + " on " + node;
      }
      return String.join(", ", names) + (nodes > names.size() ? ", …" : "");
    }

    NodeRefusal view() {
      return NodeRefusal.newBuilder()
          .setReason(closest.label())
          .setDetail(where())
          .setAdvice(closest.advice())
          .setNodes(nodes)
          .build();
    }

    String text() {
      String detail = closest.detail().isEmpty() ? "" : " (" + closest.detail() + ")";
      return nodes + " " + closest.label() + detail;
    }
  }

  /// Some nodes, without their names.
  void add(Rejection rejection, int nodes) {
    add(new Group(nodes, rejection, "", new TreeSet<>()));
  }

  /// One node.
  void add(Rejection rejection, String node) {
    add(new Group(1, rejection, node, new TreeSet<>(Set.of(node))));
  }

  private void add(Group group) {
    scarce |= group.closest().scarce();
    groups.merge(group.closest().label(), group, Group::plus);
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
    return unplaced(scarce ? NO_CAPACITY : "NoNodeFits", message, builder(nodes));
  }

  /// All nodes were refused, and nobody wants to know why.
  static Placement.Unplaced unexplained() {
    return unplaced(NO_CAPACITY, "", PlacementDecision.newBuilder());
  }

  /// The one node that could be was refused: it holds the volume.
  Placement.Unplaced volumeOn(String node, int nodes) {
    Group only = inOrder().getFirst();
    String message = "Its volume is on node " + node + ", which was refused: " + only.text() + ".";
    return unplaced("VolumeElsewhere", message, builder(nodes));
  }

  /// The one node that could be was refused: it holds what the stopped instance wrote.
  Placement.Unplaced keptOn(String node, int nodes) {
    Group only = inOrder().getFirst();
    String message =
        "What it wrote is on node "
            + node
            + ", which was refused: "
            + only.text()
            + ". It starts there as soon as it can.";
    return unplaced("KeptElsewhere", message, builder(nodes));
  }

  /// The one node that could be has given away what the stopped instance had.
  static Placement.Unplaced takenOn(String node, int nodes) {
    String message =
        "What it wrote is on node "
            + node
            + ", where another instance has one of its host ports or devices now. It starts there"
            + " as soon as they are free.";
    return unplaced("KeptElsewhere", message, PlacementDecision.newBuilder().setNodes(nodes));
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
