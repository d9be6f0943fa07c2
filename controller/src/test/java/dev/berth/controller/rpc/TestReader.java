package dev.berth.controller.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A reader that is never ready, or always.
final class TestReader<T> extends ServerCallStreamObserver<T> {
  private final @Nullable List<T> taken;
  private Status.@Nullable Code code;

  /// Never ready.
  TestReader() {
    this(null);
  }

  private TestReader(@Nullable List<T> taken) {
    this.taken = taken;
  }

  /// Of one that takes everything.
  static <T> Outbox<T> ready(List<T> taken) {
    return new Outbox<>(new TestReader<>(taken), Integer.MAX_VALUE, () -> {});
  }

  /// Of one that takes nothing.
  static <T> Outbox<T> outbox(int limit) {
    return new Outbox<>(new TestReader<>(), limit, () -> {});
  }

  /// How it was ended; null: not yet.
  Status.@Nullable Code code() {
    return code;
  }

  @Override
  public boolean isReady() {
    return taken != null;
  }

  @Override
  public void onNext(T value) {
    Objects.requireNonNull(taken, "not ready").add(value);
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
