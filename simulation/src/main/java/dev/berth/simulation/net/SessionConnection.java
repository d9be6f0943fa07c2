package dev.berth.simulation.net;

import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An agent's session on the network: two wires and, at the end, the news of it.
public final class SessionConnection {
  private final Wire<Runnable> up;
  private final Wire<Runnable> down;
  private final ClientEnd client;
  private @Nullable ServerEnd server;
  private final List<OpenSessionRequest> early = new ArrayList<>();
  private boolean established;
  private boolean ended;

  /// The agent's end.
  public interface ClientEnd {
    /// The other end has answered.
    void connected();

    /// A message has come.
    void received(OpenSessionResponse message);

    /// The session is over.
    ///
    /// @param leader who leads, as host:port; empty: nobody said so
    void ended(Status status, Optional<String> leader);
  }

  /// The controller's end.
  public interface ServerEnd {
    /// A message has come.
    void received(OpenSessionRequest message);

    /// The session is over.
    void ended();
  }

  /// A listening controller.
  public interface Server {
    /// An agent has dialled.
    ServerEnd accept(SessionConnection connection);
  }

  private SessionConnection(Network network, String from, String to, ClientEnd client) {
    this.client = client;
    this.up = new Wire<>(network, from, to, Runnable::run);
    this.down = new Wire<>(network, to, from, Runnable::run);
  }

  /// Dials. Whether anyone listens is known when the call has arrived.
  public static SessionConnection dial(
      Network network, String from, String to, Server server, ClientEnd client) {
    SessionConnection connection = new SessionConnection(network, from, to, client);
    connection.up.send(() -> connection.server = server.accept(connection));
    return connection;
  }

  /// The controller's process has answered the call.
  public void answer() {
    down.send(
        () -> {
          established = true;
          List.copyOf(early).forEach(this::sendUp);
          early.clear();
          client.connected();
        });
  }

  /// The agent says something.
  public void sendUp(OpenSessionRequest message) {
    if (!established) {
      // Nothing is said before the handshake, which needs both directions.
      early.add(message);
      return;
    }
    up.send(
        () -> {
          ServerEnd end = server;
          if (end != null) {
            end.received(message);
          }
        });
  }

  /// The controller says something.
  public void sendDown(OpenSessionResponse message) {
    down.send(() -> client.received(message));
  }

  /// The agent ends it.
  public void endUp() {
    down.cut();
    up.send(
        () -> {
          ServerEnd end = server;
          if (end != null && !ended) {
            ended = true;
            end.ended();
          }
        });
  }

  /// The controller, or its host for it, ends it.
  ///
  /// @param leader who leads, as host:port; empty: nobody knows
  public void endDown(Status status, Optional<String> leader) {
    if (!ended) {
      ended = true;
      up.cut();
      down.send(() -> client.ended(status, leader));
    }
  }

  /// It breaks, and both notice.
  public void reset() {
    if (ended) {
      return;
    }
    ended = true;
    up.cut();
    down.cut();
    client.ended(Status.UNAVAILABLE.withDescription("connection reset"), Optional.empty());
    ServerEnd end = server;
    if (end != null) {
      end.ended();
    }
  }

  /// Nobody is there any more on the controller's side, and nobody says so.
  public void vanish() {
    ended = true;
    up.cut();
    down.cut();
  }
}
