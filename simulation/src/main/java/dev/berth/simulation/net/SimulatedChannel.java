package dev.berth.simulation.net;

import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// gRPC as an agent's session uses it: one stream of messages each way, and callbacks one after
/// another on a thread where they may wait.
public final class SimulatedChannel extends Channel {
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("berth-leader", Metadata.ASCII_STRING_MARSHALLER);

  private final Function<SessionConnection.ClientEnd, SessionConnection> dialler;
  private final Executor threads;
  private final Consumer<OpenSessionRequest> sent;
  private final Consumer<OpenSessionResponse> taken;

  /// @param dialler connects
  /// @param sent is shown what is sent
  /// @param taken is shown what the agent takes, just before; what arrives after it has given the
  ///     session up it never sees
  /// @param threads runs callbacks, each on a virtual thread of the agent's process
  public SimulatedChannel(
      Function<SessionConnection.ClientEnd, SessionConnection> dialler,
      Consumer<OpenSessionRequest> sent,
      Consumer<OpenSessionResponse> taken,
      Executor threads) {
    this.dialler = dialler;
    this.sent = sent;
    this.taken = taken;
    this.threads = threads;
  }

  @Override
  @SuppressWarnings("unchecked") // there is only one method
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return (ClientCall<Q, A>) new SessionCall();
  }

  @Override
  public String authority() {
    return "simulated";
  }

  /// The one call.
  private final class SessionCall extends ClientCall<OpenSessionRequest, OpenSessionResponse>
      implements SessionConnection.ClientEnd {
    private final Deque<Runnable> callbacks = new ArrayDeque<>();
    private @Nullable Listener<OpenSessionResponse> listener;
    private @Nullable SessionConnection connection;
    private boolean calling;
    private boolean closed;

    @Override
    public void start(Listener<OpenSessionResponse> responses, Metadata headers) {
      listener = responses;
      connection = dialler.apply(this);
    }

    @Override
    public void request(int messages) {}

    @Override
    public void sendMessage(OpenSessionRequest message) {
      SessionConnection line = connection;
      if (line != null && !closed) {
        sent.accept(message);
        line.sendUp(message);
      }
    }

    @Override
    public void halfClose() {}

    @Override
    public void cancel(@Nullable String reason, @Nullable Throwable cause) {
      SessionConnection line = connection;
      if (line != null && !closed) {
        line.endUp();
        close(Status.CANCELLED.withDescription(reason), new Metadata());
      }
    }

    @Override
    public void received(OpenSessionResponse message) {
      Listener<OpenSessionResponse> to = listener;
      if (to != null && !closed) {
        call(
            () -> {
              taken.accept(message);
              to.onMessage(message);
            });
      }
    }

    @Override
    public void connected() {
      Listener<OpenSessionResponse> to = listener;
      if (to != null && !closed) {
        call(to::onReady);
      }
    }

    @Override
    public void ended(Status status, Optional<String> leader) {
      Metadata trailers = new Metadata();
      leader.ifPresent(each -> trailers.put(LEADER, each));
      close(status, trailers);
    }

    private void close(Status status, Metadata trailers) {
      Listener<OpenSessionResponse> to = listener;
      if (to != null && !closed) {
        closed = true;
        call(() -> to.onClose(status, trailers));
      }
    }

    private void call(Runnable callback) {
      callbacks.add(callback);
      if (!calling) {
        calling = true;
        threads.execute(this::callAll);
      }
    }

    private void callAll() {
      while (!callbacks.isEmpty()) {
        callbacks.remove().run();
      }
      calling = false;
    }
  }
}
