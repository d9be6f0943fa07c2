package dev.berth.controller.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/// A reader that never becomes ready.
final class StuckReader<T> extends ServerCallStreamObserver<T> {
  private Status.@Nullable Code code;

  static <T> Outbox<T> outbox(int limit) {
    return new Outbox<>(new StuckReader<>(), limit, () -> {});
  }

  /// How it was ended; null: not yet.
  Status.@Nullable Code code() {
    return code;
  }

  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public void onNext(T value) {
    throw new AssertionError("not ready");
  }

  @Override
  public void onError(Throwable cause) {
    code = Status.fromThrowable(cause).getCode();
  }

  @Override
  public void onCompleted() {
    code = Status.Code.OK;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setOnCloseHandler(Runnable handler) {}

  @Override
  public void setOnReadyHandler(Runnable handler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}
