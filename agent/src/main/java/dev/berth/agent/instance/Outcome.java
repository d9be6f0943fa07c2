package dev.berth.agent.instance;

import dev.berth.v1.InstanceState;

/// How an instance ended for good on this node.
///
/// @param state COMPLETE, FAILED, STOPPED or REJECTED
/// @param reason one CamelCase word; empty when all is well
/// @param message for people, one sentence; empty when all is well
public record Outcome(InstanceState state, String reason, String message) {
  /// Of an instance that was stopped because contact with the controllers was too old.
  public static final Outcome FENCED =
      new Outcome(
          InstanceState.INSTANCE_STATE_FAILED,
          "Fenced",
          "no controller acknowledged this node in time, so it was stopped, as its lost policy"
              + " `fence` demands");
}
