package dev.berth.controller.rpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Remembers what a stream brings, and how it ends.
final class Recorder<Q, A> implements ClientResponseObserver<Q, A> {
  private final BlockingQueue<A> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private volatile Metadata trailers = new Metadata();
  private final int prefetch;
  private @Nullable ClientCallStreamObserver<Q> call;

  /// Takes everything as it comes.
  Recorder() {
    this(-1);
  }

  /// Takes so many messages, and more only on [#request].
  Recorder(int prefetch) {
    this.prefetch = prefetch;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    call = stream;
    if (prefetch >= 0) {
      stream.disableAutoRequestWithInitial(prefetch);
    }
  }

  void request(int more) {
    Objects.requireNonNull(call).request(more);
  }

  void cancel() {
    Objects.requireNonNull(call).cancel("test", null);
  }

  @Override
  public void onNext(A message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable cause) {
    trailers = Objects.requireNonNullElseGet(Status.trailersFromThrowable(cause), Metadata::new);
    end.complete(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }

  /// The next message.
  A next() throws Exception {
    A message = messages.poll(RpcHarness.LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("nothing came; ended: " + end.getNow(Status.UNKNOWN));
    }
    return message;
  }

  /// Messages that came and were not taken yet.
  int waiting() {
    return messages.size();
  }

  /// How it ended.
  Status end() throws Exception {
    return end.get(RpcHarness.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /// What came with the end.
  Metadata trailers() {
    return trailers;
  }

  boolean hasEnded() {
    return end.isDone();
  }
}
