package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.InputEnd;
import dev.berth.v1.StreamFailure;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Copies between an agent and a user. So many pieces of either may be on their way ([#WINDOW]);
/// the
/// next one is asked for when the other side has taken one. Whichever side ends, the other one ends
/// too.
///
/// @param <A> what the user gets
final class BrokeredStream<A> implements AgentStream {
  /// Bytes of a piece, either way.
  static final int CHUNK_MAX = 32 * 1024;

  /// Pieces that are asked for ahead, either way: the time to the next one costs less, and at most
  /// 256 KiB wait here for a reader that has stopped.
  static final int WINDOW = 8;

  private final ServerCallStreamObserver<A> user;
  private final Function<AttachStreamRequest, Optional<A>> view;
  private final boolean bothWays;
  private String node = "";
  private Runnable onUserGone = () -> {};
  private @Nullable AgentSide agent;
  private int outputOwed;
  private int inputOwed;
  private boolean inputEnded;
  private boolean ended;

  private BrokeredStream(
      ServerCallStreamObserver<A> user,
      Function<AttachStreamRequest, Optional<A>> view,
      boolean bothWays) {
    this.user = user;
    this.view = view;
    this.bothWays = bothWays;
    user.setOnReadyHandler(this::pumpOutput);
    user.setOnCancelHandler(this::leave);
    user.setOnCloseHandler(this::leave);
  }

  /// Output alone. Must be made while the user's call is being started.
  ///
  /// @param view what the user gets of an agent's message; empty: it has no place on this stream
  static <A> BrokeredStream<A> toUser(
      ServerCallStreamObserver<A> user, Function<AttachStreamRequest, Optional<A>> view) {
    return new BrokeredStream<>(user, view, false);
  }

  /// Output, and input ([#input]). Must be made while the user's call is being started: the user is
  /// asked for one message, and for the next ones when the agent takes them.
  static <A> BrokeredStream<A> bothWays(
      ServerCallStreamObserver<A> user, Function<AttachStreamRequest, Optional<A>> view) {
    user.disableAutoRequest();
    user.request(1);
    return new BrokeredStream<>(user, view, true);
  }

  @Override
  public void ask(String asked, Runnable whenUserGone) {
    boolean late;
    synchronized (this) {
      node = asked;
      onUserGone = whenUserGone;
      late = ended;
    }
    if (late) {
      whenUserGone.run();
    }
  }

  @Override
  public synchronized void attach(AgentSide side) {
    agent = side;
    if (ended) {
      side.refuse(RefusalCode.ABORTED, "the user has left");
      return;
    }
    side.onReady(this::pumpInput);
    if (inputEnded) {
      endInput();
    }
    outputOwed = WINDOW;
    inputOwed = bothWays ? WINDOW : 0;
    pumpOutput();
    pumpInput();
  }

  /// Hands on what the user sent, after the agent dialled.
  ///
  /// @param message its data, if any, at most [#CHUNK_MAX] bytes
  synchronized void input(AttachStreamResponse message) {
    AgentSide side = agent;
    if (!ended && side != null) {
      side.send(message);
      inputOwed++;
      pumpInput();
    }
  }

  /// The user sends no more, and goes on reading.
  synchronized void endInput() {
    AgentSide side = agent;
    if (!ended && side != null) {
      side.send(
          AttachStreamResponse.newBuilder().setInputEnd(InputEnd.getDefaultInstance()).build());
    } else {
      inputEnded = true;
    }
  }

  @Override
  public synchronized void onNext(AttachStreamRequest message) {
    if (ended) {
      return;
    }
    if (message.hasFailure()) {
      fail(status(message.getFailure()));
      return;
    }
    int size =
        message.getLog().getData().size()
            + message.getData().size()
            + message.getErrorData().size();
    Optional<A> piece = size <= CHUNK_MAX ? view.apply(message) : Optional.empty();
    if (piece.isEmpty()) {
      breakRules("message: " + message.getMessageCase() + " of " + size + " bytes");
      return;
    }
    user.onNext(piece.get());
    outputOwed++;
    pumpOutput();
  }

  @Override
  public synchronized void onError(Throwable cause) {
    fail(
        Status.UNAVAILABLE.withDescription(
            "the stream from node " + node + " broke off: its agent or the network went away"));
  }

  @Override
  public synchronized void onCompleted() {
    if (!ended) {
      ended = true;
      user.onCompleted();
      endAgent();
    }
  }

  /// Ends both sides.
  @Override
  public void fail(RefusalCode code, String message) {
    fail(StatusMapper.code(code).toStatus().withDescription(message));
  }

  private synchronized void fail(Status reason) {
    if (!ended) {
      ended = true;
      user.onError(reason.asRuntimeException());
      endAgent();
    }
  }

  private void breakRules(String what) {
    AgentSide side = agent;
    if (side != null) {
      side.refuse(
          RefusalCode.FAILED_PRECONDITION,
          what + " (expected: at most " + CHUNK_MAX + " bytes of what was asked for, or failure)");
    }
    fail(Status.UNAVAILABLE.withDescription("the agent of node " + node + " broke the protocol"));
  }

  private synchronized void pumpOutput() {
    AgentSide side = agent;
    if (outputOwed > 0 && !ended && side != null && user.isReady()) {
      // Before the call: what is there already comes in the middle of it.
      int count = outputOwed;
      outputOwed = 0;
      side.more(count);
    }
  }

  private synchronized void pumpInput() {
    AgentSide side = agent;
    if (inputOwed > 0 && !ended && side != null && side.isReady()) {
      int count = inputOwed;
      inputOwed = 0;
      user.request(count);
    }
  }

  private void leave() {
    Runnable gone;
    synchronized (this) {
      ended = true;
      gone = onUserGone;
      AgentSide side = agent;
      if (side != null) {
        side.refuse(RefusalCode.ABORTED, "the user has left");
      }
    }
    gone.run();
  }

  private void endAgent() {
    AgentSide side = agent;
    if (side != null) {
      side.complete();
    }
  }

  private static Status status(StreamFailure failure) {
    Status.Code code = Status.fromCodeValue(failure.getCode()).getCode();
    // UNKNOWN also stands for numbers that are no codes.
    Status status =
        code == Status.Code.OK || code == Status.Code.UNKNOWN || code == Status.Code.INTERNAL
            ? Status.UNAVAILABLE
            : code.toStatus();
    return status.withDescription(StatusMapper.description(failure.getMessage()));
  }
}
