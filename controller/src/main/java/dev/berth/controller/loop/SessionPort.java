package dev.berth.controller.loop;

import dev.berth.controller.core.Refusal;
import dev.berth.v1.OpenSessionResponse;

/// Where messages to agents go. Called on the loop's thread, so it must neither block nor throw;
/// unknown sessions are ignored.
public interface SessionPort {
  /// Sends a message to an agent, in order with the others of its session.
  void send(String node, long sessionId, OpenSessionResponse message);

  /// Ends a session.
  void close(String node, long sessionId, Refusal refusal);
}
