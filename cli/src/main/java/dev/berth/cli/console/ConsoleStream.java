package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.ExecServiceGrpc.ExecServiceStub;
import dev.berth.v1.OpenConsole;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The call that carries a console. One thread sends, which waits while the other end does not take
/// it; another one receives, and the next piece is asked for when the last one was taken.
final class ConsoleStream
    implements ClientResponseObserver<AttachConsoleRequest, AttachConsoleResponse>, AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ClientCallStreamObserver<AttachConsoleRequest> call;
  private @Nullable AttachConsoleResponse pending;
  private @Nullable Status end;
  private boolean left;

  private ConsoleStream() {}

  static ConsoleStream open(ExecServiceStub exec, OpenConsole console) {
    ConsoleStream stream = new ConsoleStream();
    var _ = exec.attachConsole(stream);
    boolean _ = stream.send(AttachConsoleRequest.newBuilder().setOpen(console).build());
    return stream;
  }

  /// Waits until the machine hears and is heard.
  ///
  /// @return the name of its slot
  /// @throws StatusRuntimeException when it cannot be reached
  String awaitOpened() throws InterruptedException {
    return receive(Long.MAX_VALUE)
        .orElseThrow(
            () ->
                Status.UNAVAILABLE
                    .withDescription("the console ended before it was open")
                    .asRuntimeException())
        .getOpened()
        .getName();
  }

  /// The next output; waits for it. Empty: the machine has ended, or this end has left.
  ///
  /// @throws StatusRuntimeException when the console broke off
  Optional<ByteString> output() throws InterruptedException {
    return receive(Long.MAX_VALUE).map(AttachConsoleResponse::getOutput);
  }

  /// Waits for output or the end.
  ///
  /// @return false when there was neither
  boolean awaitOutput(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      return await(limit.toNanos());
    } finally {
      lock.unlock();
    }
  }

  /// Sends what was typed, as soon as the other end takes it.
  ///
  /// @param typed at most 32 KiB
  /// @return false when the console has ended
  boolean input(ByteString typed) throws InterruptedException {
    lock.lock();
    try {
      while (end == null && !left && !isReady()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
    return send(AttachConsoleRequest.newBuilder().setInput(typed).build());
  }

  /// Says that nothing more is typed; output goes on.
  void endInput() {
    lock.lock();
    try {
      if (end == null && !left && call != null) {
        call.onCompleted();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Leaves; the machine does not notice. What was not received yet is dropped.
  @Override
  public void close() {
    ClientCallStreamObserver<AttachConsoleRequest> leaving;
    lock.lock();
    try {
      leaving = end == null && !left ? call : null;
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
  public void beforeStart(ClientCallStreamObserver<AttachConsoleRequest> stream) {
    lock.lock();
    try {
      call = stream;
    } finally {
      lock.unlock();
    }
    stream.disableAutoRequestWithInitial(1);
    stream.setOnReadyHandler(this::signal);
  }

  @Override
  public void onNext(AttachConsoleResponse message) {
    lock.lock();
    try {
      pending = message;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable cause) {
    ended(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    ended(Status.OK);
  }

  private void ended(Status status) {
    lock.lock();
    try {
      end = status;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isReady() {
    return call != null && call.isReady();
  }

  private boolean send(AttachConsoleRequest message) {
    lock.lock();
    try {
      if (end != null || left || call == null) {
        return false;
      }
      call.onNext(message);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private Optional<AttachConsoleResponse> receive(long nanos) throws InterruptedException {
    lock.lock();
    try {
      boolean _ = await(nanos);
      AttachConsoleResponse next = pending;
      if (next != null && !left) {
        pending = null;
        if (call != null) {
          call.request(1);
        }
        return Optional.of(next);
      }
      Status status = end;
      if (status != null && !status.isOk() && !left) {
        throw status.asRuntimeException();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private boolean await(long nanos) throws InterruptedException {
    long rest = nanos;
    while (pending == null && end == null && !left && rest > 0) {
      rest = changed.awaitNanos(rest);
    }
    return rest > 0;
  }
}
