package dev.berth.controller;

import dev.berth.controller.core.Refusal;
import dev.berth.controller.loop.SessionPort;
import dev.berth.v1.OpenSessionResponse;
import java.util.function.BooleanSupplier;

/// Sends nothing to agents unless this controller leads at that very moment: a process that was
/// paused in mid-turn goes on with a turn that is not its own any more.
///
/// @param sessions where messages go
/// @param leads judged by the monotonic clock
record FencedSessions(SessionPort sessions, BooleanSupplier leads) implements SessionPort {
  @Override
  public void send(String node, long sessionId, OpenSessionResponse message) {
    if (leads.getAsBoolean()) {
      sessions.send(node, sessionId, message);
    }
  }

  @Override
  public void close(String node, long sessionId, Refusal refusal) {
    sessions.close(node, sessionId, refusal);
  }
}
