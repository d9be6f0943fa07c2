package dev.berth.agent.session;

import dev.berth.agent.port.AgentClock;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.LogChunk;
import dev.berth.v1.StreamFailure;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The agent's end of one attached stream. Written by one thread, which waits while the other end
/// does not read.
final class AttachedStream
    implements ClientResponseObserver<AttachStreamRequest, AttachStreamResponse> {
  private final AgentClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ClientCallStreamObserver<AttachStreamRequest> call;
  private @Nullable Runnable onEnd;
  private boolean ended;

  private AttachedStream(AgentClock clock) {
    this.clock = clock;
  }

  /// Dials and names the stream.
  static AttachedStream open(Channel channel, String streamId, AgentClock clock) {
    AttachedStream stream = new AttachedStream(clock);
    AgentServiceGrpc.newStub(channel).attachStream(stream);
    stream.send(AttachStreamRequest.newBuilder().setStreamId(streamId).build());
    return stream;
  }

  /// Sets what is called when the other end goes away; at once when it has.
  void onEnd(Runnable action) {
    boolean now;
    lock.lock();
    try {
      onEnd = action;
      now = ended;
    } finally {
      lock.unlock();
    }
    if (now) {
      action.run();
    }
  }

  /// Sends a piece of output, as soon as the other end takes it.
  ///
  /// @return false when the other end has gone away
  boolean write(LogChunk chunk) throws InterruptedException {
    lock.lock();
    try {
      while (!ended && !isReady()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
    return send(AttachStreamRequest.newBuilder().setLog(chunk).build());
  }

  /// Waits a while, or until the other end goes away.
  ///
  /// @return false when the other end has gone away
  boolean linger(long millis) throws InterruptedException {
    lock.lock();
    try {
      long until = clock.millis() + millis;
      while (!ended && clock.millis() < until) {
        clock.awaitUntil(lock, changed, until);
      }
      return !ended;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the stream: all was sent.
  void complete() {
    lock.lock();
    try {
      if (!ended && call != null) {
        ended = true;
        call.onCompleted();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends the stream with a reason.
  void fail(Status.Code code, String message) {
    send(
        AttachStreamRequest.newBuilder()
            .setFailure(StreamFailure.newBuilder().setCode(code.value()).setMessage(message))
            .build());
    complete();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<AttachStreamRequest> stream) {
    lock.lock();
    try {
      call = stream;
    } finally {
      lock.unlock();
    }
    stream.setOnReadyHandler(this::signal);
  }

  @Override
  public void onNext(AttachStreamResponse message) {
    // Nothing is said on this way yet.
  }

  @Override
  public void onError(Throwable cause) {
    end();
  }

  @Override
  public void onCompleted() {
    end();
  }

  private boolean isReady() {
    return call != null && call.isReady();
  }

  private boolean send(AttachStreamRequest message) {
    lock.lock();
    try {
      if (ended || call == null) {
        return false;
      }
      call.onNext(message);
      return true;
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

  private void end() {
    Runnable action;
    lock.lock();
    try {
      ended = true;
      action = onEnd;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (action != null) {
      action.run();
    }
  }
}
