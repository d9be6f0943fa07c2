package dev.berth.simulation.controller;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.loop.SessionPort;
import dev.berth.simulation.net.SessionConnection;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The sessions of one life of a controller, in place of its gRPC server.
final class ControllerSessions implements SessionPort {
  private final ControllerLife life;
  private final ControllerWiring wiring;
  private final Map<Long, Session> live = new TreeMap<>();
  private long lastId;

  ControllerSessions(ControllerLife life, ControllerWiring wiring) {
    this.life = life;
    this.wiring = wiring;
  }

  SessionConnection.ServerEnd accept(SessionConnection connection) {
    return new Session(++lastId, connection);
  }

  @Override
  public void send(String node, long sessionId, OpenSessionResponse message) {
    Session session = live.get(sessionId);
    if (session != null) {
      life.acts();
      wiring.messageBugs().sendDown(node, session.connection, message);
    }
  }

  @Override
  public void close(String node, long sessionId, Refusal refusal) {
    Session session = live.get(sessionId);
    if (session != null) {
      session.fail(refusal.message());
    }
  }

  void closeAll(String reason) {
    List.copyOf(live.values()).forEach(each -> each.fail(reason));
  }

  /// The process dies: its host resets the connections.
  void resetAll() {
    live.values()
        .forEach(
            each ->
                each.connection.endDown(
                    Status.UNAVAILABLE.withDescription("connection reset by peer"),
                    Optional.empty()));
    live.clear();
  }

  /// One session.
  private final class Session implements SessionConnection.ServerEnd {
    private final long id;
    private final SessionConnection connection;
    private String node = "";
    private boolean ended;

    Session(long id, SessionConnection connection) {
      this.id = id;
      this.connection = connection;
    }

    @Override
    public void received(OpenSessionRequest message) {
      life.process().execute(() -> take(message));
    }

    private void take(OpenSessionRequest message) {
      if (ended) {
        return;
      }
      switch (message.getMessageCase()) {
        case HELLO -> {
          node = message.getHello().getNode();
          live.put(id, this);
          hand(new ClusterEvent.SessionOpened(id, node, message.getHello()));
        }
        case HEARTBEAT ->
            hand(
                new ClusterEvent.HeartbeatReceived(id, node, message.getHeartbeat().getSequence()));
        case STATUS_REPORT -> {
          if (!wiring.messageBugs().swallows(connection, message.getStatusReport())) {
            hand(new ClusterEvent.StatusReported(id, node, message.getStatusReport()));
          }
        }
        case DESCRIPTION ->
            hand(new ClusterEvent.DescriptionChanged(id, node, message.getDescription()));
        case NOTICE -> hand(new ClusterEvent.NoticeReceived(id, node, message.getNotice()));
        case MESSAGE_NOT_SET -> fail("an empty message");
      }
    }

    private void hand(ClusterEvent.FromSession event) {
      if (!life.offer(event)) {
        fail("this controller does not lead");
      }
    }

    void fail(String reason) {
      if (!ended) {
        ended = true;
        live.remove(id);
        connection.endDown(
            Status.UNAVAILABLE.withDescription(reason), wiring.leader(life.process().name()));
        tell(reason);
      }
    }

    @Override
    public void ended() {
      life.process()
          .execute(
              () -> {
                if (!ended) {
                  ended = true;
                  live.remove(id);
                  tell("the agent went away");
                }
              });
    }

    private void tell(String reason) {
      if (!node.isEmpty()) {
        boolean _ = life.offer(new ClusterEvent.SessionClosed(id, node, reason));
      }
    }
  }
}
