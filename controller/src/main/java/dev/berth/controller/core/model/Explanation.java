package dev.berth.controller.core.model;

import com.google.protobuf.Timestamp;
import dev.berth.v1.NodeScore;
import dev.berth.v1.PlacementDecision;
import org.jspecify.annotations.Nullable;

/// Why an instance is where it is, or waits: what the scheduler found when it decided.
///
/// @param found what it found, the same for all slots that were placed in one go
/// @param chosen the node that was chosen; null when there was none
/// @param time when it was decided, for people
public record Explanation(
    PlacementDecision found, @Nullable NodeScore chosen, @Nullable Timestamp time) {
  /// The same, decided at a time.
  public Explanation at(Timestamp decided) {
    return new Explanation(found, chosen, decided);
  }

  /// As users see it.
  public PlacementDecision.Builder view() {
    PlacementDecision.Builder view = found.toBuilder();
    if (chosen != null) {
      view.clearBest().addBest(chosen);
      for (NodeScore other : found.getBestList()) {
        if (!other.getNode().equals(chosen.getNode())) {
          view.addBest(other);
        }
      }
    }
    if (time != null) {
      view.setTime(time);
    }
    return view;
  }
}
