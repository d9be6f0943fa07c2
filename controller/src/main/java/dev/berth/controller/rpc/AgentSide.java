package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;

/// The agent's half of a brokered stream: asked for each message, ended once.
final class AgentSide {
  private final ServerCallStreamObserver<AttachStreamResponse> stream;
  private Runnable onReady = () -> {};
  private boolean ended;

  /// Must be made while the call is being started; asks for the first message.
  AgentSide(ServerCallStreamObserver<AttachStreamResponse> stream) {
    this.stream = stream;
    stream.disableAutoRequest();
    stream.setOnCancelHandler(this::over);
    stream.setOnReadyHandler(this::ready);
    stream.request(1);
  }

  /// Sets what is called when the agent takes messages again.
  synchronized void onReady(Runnable action) {
    onReady = action;
  }

  /// Asks for one more message.
  synchronized void more() {
    more(1);
  }

  /// Asks for some more messages.
  synchronized void more(int count) {
    if (!ended) {
      stream.request(count);
    }
  }

  /// Whether the agent takes messages without their being kept here.
  synchronized boolean isReady() {
    return !ended && stream.isReady();
  }

  synchronized void send(AttachStreamResponse message) {
    if (!ended) {
      stream.onNext(message);
    }
  }

  synchronized void complete() {
    if (!ended) {
      ended = true;
      stream.onCompleted();
    }
  }

  void refuse(RefusalCode code, String message) {
    refuse(StatusMapper.refused(code, message));
  }

  synchronized void refuse(StatusRuntimeException reason) {
    if (!ended) {
      ended = true;
      stream.onError(reason);
    }
  }

  private void ready() {
    Runnable action;
    synchronized (this) {
      action = onReady;
    }
    // Not under the lock: whoever is called takes its own first.
    action.run();
  }

  private synchronized void over() {
    ended = true;
  }
}
