package dev.berth.controller.core.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeState;
import dev.berth.v1.TaintEffect;
import org.jspecify.annotations.Nullable;

/// A joined node with what only the controller needs to know of it.
///
/// @param message what is stored: name, uid, labels, availability, description, times and etag
/// @param version counts the changes of what is stored, from 1
/// @param liveness soft: never stored, starts anew with each leader
/// @param drainUntilMillis soft: when a drain no longer waits for budgets, in monotonic
///     milliseconds of this leader; [#NEVER]: it always does, or there is none
/// @param certificate SHA-256 of the certificate that was issued last for it; stored, but no change
///     of the node; empty: none was recorded
public record NodeRecord(
    Node message, long version, Liveness liveness, long drainUntilMillis, ByteString certificate) {
  /// A time that does not come.
  public static final long NEVER = Long.MAX_VALUE;

  /// A node that is not drained.
  public NodeRecord(Node message, long version, Liveness liveness) {
    this(message, version, liveness, NEVER, ByteString.EMPTY);
  }

  /// Whether the agent is heard, and through which session.
  ///
  /// @param state whether it is heard
  /// @param note why it is in this state, for people
  /// @param heardMillis when it was last heard, or granted amnesty; monotonic milliseconds
  /// @param heardTime when it was last heard, for people; null: not yet by this leader
  /// @param session its live session, or what is left of the last one
  public record Liveness(
      NodeState state,
      String note,
      long heardMillis,
      @Nullable Timestamp heardTime,
      Session session) {
    /// A node that this leader has not heard; it gets the full lost timeout from `since` on.
    public static Liveness unheard(long since) {
      return new Liveness(
          NodeState.NODE_STATE_UNKNOWN,
          "Not heard by this controller yet: check that its agent runs and reaches it.",
          since,
          null,
          Session.NONE);
    }

    /// How long it has been silent when it is suspect, in milliseconds: half a heartbeat more than
    /// its agent was told, at least.
    ///
    /// @param least of any node
    public long suspectAfter(long least) {
      return Math.max(least, session.heartbeatMillis() * 3 / 2);
    }

    /// The same in another state.
    public Liveness in(NodeState changed, String why) {
      return new Liveness(changed, why, heardMillis, heardTime, session);
    }

    /// The same with another session.
    public Liveness with(Session changed) {
      return new Liveness(state, note, heardMillis, heardTime, changed);
    }
  }

  /// Where an agent's session stands.
  ///
  /// @param id its id; 0: no live session
  /// @param assignmentRevision revision of the set that the agent was sent last; grows also over
  ///     sessions
  /// @param heartbeats sequence number of the last heartbeat
  /// @param reports sequence number of the last status report
  /// @param heartbeatMillis how often its agent was told to send heartbeats; 0: no live session
  public record Session(
      long id, long assignmentRevision, long heartbeats, long reports, long heartbeatMillis) {
    static final Session NONE = new Session(0, 0, 0, 0, 0);

    /// The node's next one.
    public Session followedBy(long nextId, long nextHeartbeatMillis) {
      return new Session(nextId, assignmentRevision, 0, 0, nextHeartbeatMillis);
    }

    /// The same with another set at its agent.
    public Session holding(long revision) {
      return new Session(id, revision, heartbeats, reports, heartbeatMillis);
    }

    /// The same after a heartbeat.
    public Session beaten(long sequence) {
      return new Session(id, assignmentRevision, sequence, reports, heartbeatMillis);
    }

    /// The same after a status report.
    public Session reported(long sequence) {
      return new Session(id, assignmentRevision, heartbeats, sequence, heartbeatMillis);
    }

    /// What is left when it ends.
    public Session ended() {
      return new Session(0, assignmentRevision, 0, 0, 0);
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

  /// Whether instances are moved off it: all of them, or those that do not tolerate a taint.
  public boolean isVacating() {
    return message.getAvailability() == NodeAvailability.NODE_AVAILABILITY_DRAINING
        || message.getTaintsList().stream()
            .anyMatch(taint -> taint.getEffect() == TaintEffect.TAINT_EFFECT_NO_EXECUTE);
  }

  /// Whether an operator said that the host is dead.
  public boolean isFenced() {
    return message.hasFenceTime();
  }

  /// Whether an agent is connected.
  public boolean isConnected() {
    return liveness.session().id() != 0;
  }

  /// The same, drained until a time.
  public NodeRecord drainingUntil(long millis) {
    return new NodeRecord(message, version, liveness, millis, certificate);
  }

  /// The same with other liveness.
  public NodeRecord with(Liveness changed) {
    return new NodeRecord(message, version, changed, drainUntilMillis, certificate);
  }

  /// The same with another certificate.
  public NodeRecord certified(ByteString digest) {
    return new NodeRecord(message, version, liveness, drainUntilMillis, digest);
  }
}
