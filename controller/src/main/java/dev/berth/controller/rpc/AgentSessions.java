package dev.berth.controller.rpc;

import dev.berth.controller.core.Refusal;
import dev.berth.controller.loop.SessionPort;
import dev.berth.v1.OpenSessionResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The live sessions of agents, as the loop reaches them.
public final class AgentSessions implements SessionPort {
  private static final Logger LOG = LoggerFactory.getLogger(AgentSessions.class);

  private final Map<Long, AgentSession> live = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();

  /// No sessions yet.
  public AgentSessions() {}

  @Override
  public void send(String node, long sessionId, OpenSessionResponse message) {
    AgentSession session = live.get(sessionId);
    if (session != null) {
      session.send(message);
    }
  }

  @Override
  public void close(String node, long sessionId, Refusal refusal) {
    AgentSession session = live.get(sessionId);
    if (session != null) {
      session.fail(refusal);
    }
  }

  /// Ends all sessions; agents dial again, here or elsewhere.
  public void closeAll(String reason) {
    LOG.info("Ends all {} sessions: {}", live.size(), reason);
    live.values().forEach(session -> session.leave(reason));
  }

  /// How many sessions there are.
  public int count() {
    return live.size();
  }

  long newId() {
    return lastId.incrementAndGet();
  }

  void add(AgentSession session) {
    live.put(session.id(), session);
  }

  void remove(AgentSession session) {
    live.remove(session.id());
  }

  /// Asks a session's agent for something outside of the loop.
  ///
  /// @return false when there is no such session or it is too slow
  boolean ask(long sessionId, OpenSessionResponse message) {
    @Nullable AgentSession session = live.get(sessionId);
    return session != null && session.send(message);
  }
}
