package dev.berth.cli.cluster;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A call in both directions. One thread sends, which waits while the other end does not take it;
/// another one receives: few messages are on their way, and one more is asked for when one was
/// taken.
///
/// It is given to the stub's method, which starts it.
///
/// @param <Q> what is sent
/// @param <A> what is received
public final class TwoWayCall<Q, A> implements ClientResponseObserver<Q, A>, AutoCloseable {
  /// Messages that may be on their way to here.
  private static final int WINDOW = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ClientCallStreamObserver<Q> call;
  private final Deque<A> pending = new ArrayDeque<>();
  private @Nullable StatusRuntimeException failure;
  private boolean ended;
  private boolean left;

  /// Sends at once, whether the other end takes it or not: the first message.
  ///
  /// @return false when the call has ended
  public boolean send(Q message) {
    lock.lock();
    try {
      if (ended || left || call == null) {
        return false;
      }
      call.onNext(message);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Sends as soon as the other end takes it.
  ///
  /// @return false when the call has ended
  public boolean sendWhenTaken(Q message) throws InterruptedException {
    lock.lock();
    try {
      while (!ended && !left && !(call != null && call.isReady())) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
    return send(message);
  }

  /// Says that nothing more is sent; the other direction goes on.
  public void endInput() {
    lock.lock();
    try {
      if (!ended && !left && call != null) {
        call.onCompleted();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The next message; waits for it. Empty: the other end has ended the call, or this end has left.
  ///
  /// @throws StatusRuntimeException when the call failed
  public Optional<A> receive() throws InterruptedException {
    lock.lock();
    try {
      boolean _ = await(Long.MAX_VALUE);
      A next = left ? null : pending.poll();
      if (next != null) {
        if (call != null) {
          call.request(1);
        }
        return Optional.of(next);
      }
      StatusRuntimeException failed = failure;
      if (failed != null && !left) {
        // Thrown where it is received; the trailers say who said it.
        throw failed.getStatus().asRuntimeException(failed.getTrailers());
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a message or the end.
  ///
  /// @return false when there was neither
  public boolean await(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      return await(limit.toNanos());
    } finally {
      lock.unlock();
    }
  }

  /// Breaks the call off: whoever receives learns of it.
  public void cancel(String why) {
    ClientCallStreamObserver<Q> ending;
    lock.lock();
    try {
      ending = !ended && !left ? call : null;
    } finally {
      lock.unlock();
    }
    if (ending != null) {
      ending.cancel(why, null);
    }
  }

  /// Leaves; what was not received yet is dropped.
  @Override
  public void close() {
    ClientCallStreamObserver<Q> leaving;
    lock.lock();
    try {
      leaving = !ended && !left ? call : null;
      left = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (leaving != null) {
      leaving.cancel("the user left", null);
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    update(() -> call = stream);
    stream.disableAutoRequestWithInitial(WINDOW);
    stream.setOnReadyHandler(() -> update(() -> {}));
  }

  @Override
  public void onNext(A message) {
    update(() -> pending.add(message));
  }

  @Override
  public void onError(Throwable cause) {
    StatusRuntimeException failed =
        cause instanceof StatusRuntimeException said
            ? said
            : Status.fromThrowable(cause).asRuntimeException();
    update(
        () -> {
          failure = failed;
          ended = true;
        });
  }

  @Override
  public void onCompleted() {
    update(() -> ended = true);
  }

  private void update(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean await(long nanos) throws InterruptedException {
    long rest = nanos;
    while (pending.isEmpty() && !ended && !left && rest > 0) {
      rest = changed.awaitNanos(rest);
    }
    return rest > 0;
  }
}
