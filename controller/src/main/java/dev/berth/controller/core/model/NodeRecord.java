package dev.berth.controller.core.model;

import com.google.protobuf.Timestamp;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeState;
import org.jspecify.annotations.Nullable;

/// A joined node with what only the controller needs to know of it.
///
/// @param message what is stored: name, uid, labels, availability, description, times and etag
/// @param version counts the changes of what is stored, from 1
/// @param liveness soft: never stored, starts anew with each leader
public record NodeRecord(Node message, long version, Liveness liveness) {
  /// Whether the agent is heard, and through which session.
  ///
  /// @param state whether it is heard
  /// @param note why it is in this state, for people
  /// @param heardMillis when it was last heard, or granted amnesty; monotonic milliseconds
  /// @param heardTime when it was last heard, for people; null: not yet by this leader
  /// @param sessionId its live session; 0: none
  /// @param assignmentRevision revision of the set that the session's agent has or was sent
  public record Liveness(
      NodeState state,
      String note,
      long heardMillis,
      @Nullable Timestamp heardTime,
      long sessionId,
      long assignmentRevision) {
    /// A node that this leader has not heard; it gets the full lost timeout from `since` on.
    public static Liveness unheard(long since) {
      return new Liveness(
          NodeState.NODE_STATE_UNKNOWN,
          "Not heard by this controller yet: check that its agent runs and reaches it.",
          since,
          null,
          0,
          0);
    }

    /// The same in another state.
    public Liveness in(NodeState changed, String why) {
      return new Liveness(changed, why, heardMillis, heardTime, sessionId, assignmentRevision);
    }

    /// The same with another set at its agent.
    public Liveness holding(long revision) {
      return new Liveness(state, note, heardMillis, heardTime, sessionId, revision);
    }
  }

  /// Its name.
  public String name() {
    return message.getName();
  }

  /// Whether it is heard.
  public NodeState state() {
    return liveness.state();
  }

  /// Whether an operator keeps new slots away.
  public boolean isCordoned() {
    return message.getAvailability() == NodeAvailability.NODE_AVAILABILITY_CORDONED;
  }

  /// Whether an agent is connected.
  public boolean isConnected() {
    return liveness.sessionId() != 0;
  }

  /// The same with other liveness.
  public NodeRecord with(Liveness changed) {
    return new NodeRecord(message, version, changed);
  }
}
