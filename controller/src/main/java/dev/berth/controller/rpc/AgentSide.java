package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;

/// The agent's half of a brokered stream: asked for one message at a time, ended once.
final class AgentSide {
  private final ServerCallStreamObserver<AttachStreamResponse> stream;
  private boolean ended;

  /// Must be made while the call is being started; asks for the first message.
  AgentSide(ServerCallStreamObserver<AttachStreamResponse> stream) {
    this.stream = stream;
    stream.disableAutoRequest();
    stream.setOnCancelHandler(this::over);
    stream.request(1);
  }

  /// Asks for one more message.
  synchronized void more() {
    if (!ended) {
      stream.request(1);
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

  private synchronized void over() {
    ended = true;
  }
}
