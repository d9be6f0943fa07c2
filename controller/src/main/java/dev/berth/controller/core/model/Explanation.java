package dev.berth.controller.core.model;

import com.google.protobuf.Timestamp;
import dev.berth.v1.NodeScore;
import dev.berth.v1.PlacementDecision;
import org.jspecify.annotations.Nullable;

/// Why an instance is where it is, or waits: what the scheduler found when it decided.
///
/// @param found what it found, the same for all slots that were placed in one go
/// @param score of the node that was chosen; 0 when there was none
/// @param time when it was decided, for people
public record Explanation(PlacementDecision found, double score, @Nullable Timestamp time) {
  /// The same, decided at a time.
  public Explanation at(Timestamp decided) {
    return new Explanation(found, score, decided);
  }

  /// As users see it.
  ///
  /// @param node that was chosen; empty: none
  public PlacementDecision.Builder view(String node) {
    PlacementDecision.Builder view = found.toBuilder();
    if (!node.isEmpty()) {
      view.clearBest().addBest(chosen(node));
      for (NodeScore other : found.getBestList()) {
        if (!other.getNode().equals(node)) {
          view.addBest(other);
        }
      }
    }
    if (time != null) {
      view.setTime(time);
    }
    return view;
  }

  // What was found says what the score of the first slot was made of, not that of later ones.
  private NodeScore chosen(String node) {
    for (NodeScore each : found.getBestList()) {
      if (each.getNode().equals(node) && each.getScore() == score) {
        return each;
      }
    }
    return NodeScore.newBuilder().setNode(node).setScore(score).build();
  }
}
