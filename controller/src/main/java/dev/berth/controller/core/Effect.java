package dev.berth.controller.core;

import dev.berth.v1.Event;
import dev.berth.v1.OpenSessionResponse;

/// What is done outside after a decision's mutations are durable.
public sealed interface Effect {
  /// Answers a request.
  record Complete(long requestId, Outcome outcome) implements Effect {}

  /// Sends a message to an agent.
  record Send(String node, long sessionId, OpenSessionResponse message) implements Effect {}

  /// Ends an agent's session.
  record CloseSession(String node, long sessionId, Refusal refusal) implements Effect {}

  /// Tells people what happened. The loop fills in the revision.
  record Report(Event event) implements Effect {}
}
