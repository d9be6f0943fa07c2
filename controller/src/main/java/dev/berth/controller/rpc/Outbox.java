package dev.berth.controller.rpc;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Queue;

/// Messages on their way to one reader: from any thread, in order, bounded. Never blocks.
///
/// @param <T> the messages
final class Outbox<T> {
  private final ServerCallStreamObserver<T> reader;
  private final int limit;
  private final Queue<T> waiting = new ArrayDeque<>();
  private boolean ending;
  private boolean ended;

  /// Must be made while the call is being started.
  ///
  /// @param limit most messages that wait for the reader
  /// @param onEnd called at least once when the stream is over, whoever ended it
  Outbox(ServerCallStreamObserver<T> reader, int limit, Runnable onEnd) {
    this.reader = reader;
    this.limit = limit;
    reader.setOnReadyHandler(this::drain);
    Runnable over =
        () -> {
          forget();
          onEnd.run();
        };
    reader.setOnCancelHandler(over);
    reader.setOnCloseHandler(over);
  }

  /// Sends a message as soon as the reader takes it.
  ///
  /// @return false when the reader is too slow or the stream is over; the message is dropped
  synchronized boolean offer(T message) {
    if (ended || ending || waiting.size() >= limit) {
      return false;
    }
    waiting.add(message);
    drain();
    return true;
  }

  /// Ends the stream after what waits.
  synchronized void complete() {
    ending = true;
    drain();
  }

  /// Ends the stream at once.
  synchronized void fail(StatusRuntimeException reason) {
    if (!ended) {
      ended = true;
      waiting.clear();
      reader.onError(reason);
    }
  }

  private synchronized void forget() {
    ended = true;
    waiting.clear();
  }

  private synchronized void drain() {
    while (!ended && !waiting.isEmpty() && reader.isReady()) {
      reader.onNext(waiting.remove());
    }
    if (!ended && ending && waiting.isEmpty()) {
      ended = true;
      reader.onCompleted();
    }
  }
}
