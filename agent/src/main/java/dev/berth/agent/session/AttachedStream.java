package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.StreamFailure;
import dev.berth.v1.StreamOpened;
import dev.berth.v1.TerminalSize;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The agent's end of one attached stream. Written by one thread, which waits while the other end
/// does not read; input is taken by another one, piece by piece.
final class AttachedStream
    implements StreamOutput, ClientResponseObserver<AttachStreamRequest, AttachStreamResponse> {
  /// Messages that may be on their way to here.
  private static final int INPUT_WINDOW = 8;

  private final AgentClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ClientCallStreamObserver<AttachStreamRequest> call;
  private @Nullable Runnable onEnd;
  private @Nullable Control control;
  private final Deque<ByteString> pending = new ArrayDeque<>();
  private boolean inputEnded;
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

  /// What the other end says besides input. Called by the thread that receives: must be quick.
  interface Control {
    /// The terminal at the other end has another size.
    void resized(TerminalSize size);

    /// The other end leaves, and what it leaves goes on.
    void left();
  }

  /// Sets who hears what is said besides input, before [#opened].
  void control(Control hears) {
    lock.lock();
    try {
      control = hears;
    } finally {
      lock.unlock();
    }
  }

  /// Says that what was asked for is open.
  ///
  /// @return false when the other end has gone away
  boolean opened() {
    return opened(false, false);
  }

  /// Says that what was asked for is open.
  ///
  /// @param terminal whether it has a terminal
  /// @param input whether it takes input
  /// @return false when the other end has gone away
  boolean opened(boolean terminal, boolean input) {
    return send(
        AttachStreamRequest.newBuilder()
            .setOpened(StreamOpened.newBuilder().setTerminal(terminal).setInput(input))
            .build());
  }

  /// Sends what the next one like it makes worthless: only when the other end takes it now.
  void offer(AttachStreamRequest message) {
    lock.lock();
    try {
      if (!ended && isReady()) {
        boolean _ = send(message);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean write(AttachStreamRequest message) throws InterruptedException {
    lock.lock();
    try {
      while (!ended && !isReady()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
    return send(message);
  }

  /// The next piece of input; waits for it. Few are on their way; one more is asked for when one
  /// was taken. Empty: there is no more, or the stream has ended.
  Optional<ByteString> input() throws InterruptedException {
    lock.lock();
    try {
      while (!ended && !inputEnded && pending.isEmpty()) {
        changed.await();
      }
      ByteString next = ended ? null : pending.poll();
      if (next != null && call != null) {
        call.request(1);
      }
      return Optional.ofNullable(next);
    } finally {
      lock.unlock();
    }
  }

  /// Whether the other end said that there is no more input; false also when it just went away.
  boolean hasInputEnded() {
    lock.lock();
    try {
      return inputEnded;
    } finally {
      lock.unlock();
    }
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
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends the stream with a reason.
  void fail(Status.Code code, String message) {
    AttachStreamRequest failure =
        AttachStreamRequest.newBuilder()
            .setFailure(StreamFailure.newBuilder().setCode(code.value()).setMessage(message))
            .build();
    lock.lock();
    try {
      send(failure);
      complete();
    } finally {
      lock.unlock();
    }
  }

  /// Ends the stream because a driver could not do what it needs.
  void fail(DriverException problem) {
    fail(FailureCodes.of(problem.failure()), problem.failure().message());
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
    stream.disableAutoRequestWithInitial(INPUT_WINDOW);
  }

  @Override
  public void onNext(AttachStreamResponse message) {
    Control hears;
    lock.lock();
    try {
      switch (message.getMessageCase()) {
        case DATA -> pending.add(message.getData());
        case INPUT_END -> inputEnded = true;
        case SIZE, LEAVE -> {
          // Not under the lock.
        }
        case MESSAGE_NOT_SET -> {
          // Of a newer controller, which says it to agents that understand it.
        }
      }
      if (message.getMessageCase() != AttachStreamResponse.MessageCase.DATA && call != null) {
        call.request(1);
      }
      hears = control;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (hears != null && message.hasSize()) {
      hears.resized(message.getSize());
    } else if (hears != null && message.hasLeave()) {
      hears.left();
    }
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
