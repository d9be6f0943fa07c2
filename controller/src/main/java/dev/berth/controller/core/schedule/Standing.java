package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.v1.NodeAvailability;

/// Whether a node may get new slots at all, and why not. In the order in which it is looked at.
enum Standing {
  /// It may.
  OPEN("", "", false),
  /// Its agent has not been heard by this leader yet.
  UNKNOWN("not heard yet", "see that its agent runs: berth node ls", true),
  /// Its agent has been silent for the suspect time.
  SUSPECT("suspect", "see that its agent runs and reaches the controller: berth node ls", true),
  /// Its agent has been silent for the lost time.
  LOST("lost", "bring the host back, or replace it: berth node ls", true),
  /// It was heard lately, but has no session just now.
  DISCONNECTED("not connected", "see that its agent reaches the controller: berth node ls", true),
  /// An operator keeps new slots away.
  CORDONED("cordoned", "let slots onto it again: berth node uncordon", false),
  /// An operator moves everything away.
  DRAINING("draining", "let slots onto it again: berth node uncordon", false);

  private final String label;
  private final String advice;
  private final boolean passing;

  Standing(String label, String advice, boolean passing) {
    this.label = label;
    this.advice = advice;
    this.passing = passing;
  }

  static Standing of(NodeRecord node) {
    return switch (node.state()) {
      case NODE_STATE_READY -> ready(node);
      case NODE_STATE_SUSPECT -> SUSPECT;
      case NODE_STATE_LOST -> LOST;
      case NODE_STATE_UNKNOWN, NODE_STATE_UNSPECIFIED, UNRECOGNIZED -> UNKNOWN;
    };
  }

  private static Standing ready(NodeRecord node) {
    if (!node.isConnected()) {
      return DISCONNECTED;
    }
    NodeAvailability availability = node.message().getAvailability();
    return switch (availability) {
      case NODE_AVAILABILITY_CORDONED -> CORDONED;
      case NODE_AVAILABILITY_DRAINING -> DRAINING;
      case NODE_AVAILABILITY_ACTIVE, NODE_AVAILABILITY_UNSPECIFIED, UNRECOGNIZED -> OPEN;
    };
  }

  Rejection rejection() {
    return new Rejection(label, "", advice, passing, 0);
  }
}
