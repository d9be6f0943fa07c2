package dev.berth.controller.rpc;

import dev.berth.controller.loop.Snapshot;
import io.grpc.Context;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/// Reads that are answered from the stored state, which says how old it is.
final class StaleRead {
  private static final Context.Key<Snapshot> SNAPSHOT = Context.key("stale-snapshot");

  private StaleRead() {}

  /// The state from which the current call is to be answered, when it is not the leader's.
  static Optional<Snapshot> snapshot() {
    return Optional.ofNullable(SNAPSHOT.get());
  }

  /// Begins to answer a call.
  static <Q, A> ServerCall.Listener<Q> begin(
      ServerCall<Q, A> call,
      Metadata headers,
      ServerCallHandler<Q, A> handler,
      Controllers.StaleState state) {
    Context context = Context.current().withValue(SNAPSHOT, state.snapshot());
    ServerCall<Q, A> aged =
        new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
          @Override
          public void sendHeaders(Metadata responseHeaders) {
            responseHeaders.put(
                BerthHeaders.STATE_AGE, Long.toString(Math.max(1, state.age().toMillis())));
            super.sendHeaders(responseHeaders);
          }
        };
    Context before = context.attach();
    try {
      return new Listener<>(context, handler.startCall(aged, headers));
    } finally {
      context.detach(before);
    }
  }

  /// Answers a unary call whose request has already come.
  static <Q, A> void answer(
      ServerCall<Q, A> call,
      Q request,
      ServerCallHandler<Q, A> handler,
      Controllers.StaleState state) {
    try {
      ServerCall.Listener<Q> listener = begin(call, new Metadata(), handler, state);
      listener.onMessage(request);
      listener.onHalfClose();
    } catch (StatusRuntimeException e) {
      call.close(e.getStatus(), StatusMapper.trailers(e));
    }
  }

  /// Runs what answers with the state in its context.
  private static final class Listener<Q> extends ServerCall.Listener<Q> {
    private final Context context;
    private final ServerCall.Listener<Q> inner;

    Listener(Context context, ServerCall.Listener<Q> inner) {
      this.context = context;
      this.inner = inner;
    }

    @Override
    public void onMessage(Q message) {
      context.run(() -> inner.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      context.run(inner::onHalfClose);
    }

    @Override
    public void onCancel() {
      context.run(inner::onCancel);
    }

    @Override
    public void onComplete() {
      context.run(inner::onComplete);
    }

    @Override
    public void onReady() {
      context.run(inner::onReady);
    }
  }
}
