package dev.berth.controller.rpc;

import com.google.protobuf.ByteString;
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

/// Copies between an agent and a user: the next piece of either is asked for when the other has
/// taken the last one. Whichever side ends, the other one ends too.
///
/// @param <A> what the user gets
final class BrokeredStream<A> implements AgentStream {
  /// Bytes of a piece, either way.
  static final int CHUNK_MAX = 32 * 1024;

  private final ServerCallStreamObserver<A> user;
  private final Function<AttachStreamRequest, Optional<A>> view;
  private final boolean bothWays;
  private String node = "";
  private Runnable onUserGone = () -> {};
  private @Nullable AgentSide agent;
  private boolean outputOwed;
  private boolean inputOwed;
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
    outputOwed = true;
    inputOwed = bothWays;
    pumpOutput();
    pumpInput();
  }

  /// Hands on what the user sent, at most [#CHUNK_MAX] bytes, after the agent dialled.
  synchronized void input(ByteString data) {
    AgentSide side = agent;
    if (!ended && side != null) {
      side.send(AttachStreamResponse.newBuilder().setData(data).build());
      inputOwed = true;
      pumpInput();
    }
  }

  /// The user sends no more, and goes on reading.
  synchronized void endInput() {
    inputEnded = true;
    inputOwed = true;
    pumpInput();
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
    int size = message.getLog().getData().size() + message.getData().size();
    Optional<A> piece = size <= CHUNK_MAX ? view.apply(message) : Optional.empty();
    if (piece.isEmpty()) {
      breakRules("message: " + message.getMessageCase() + " of " + size + " bytes");
      return;
    }
    user.onNext(piece.get());
    outputOwed = true;
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
    if (outputOwed && !ended && side != null && user.isReady()) {
      outputOwed = false;
      side.more();
    }
  }

  private synchronized void pumpInput() {
    AgentSide side = agent;
    if (!inputOwed || ended || side == null || !side.isReady()) {
      return;
    }
    inputOwed = false;
    if (inputEnded) {
      side.send(
          AttachStreamResponse.newBuilder().setInputEnd(InputEnd.getDefaultInstance()).build());
    } else {
      user.request(1);
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
