package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.LogChunk;
import dev.berth.v1.StreamFailure;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/// Copies output from an agent to a user: the next piece is asked for when the user has taken the
/// last one. Whichever side ends, the other one ends too.
final class BrokeredStream implements StreamObserver<AttachStreamRequest> {
  private static final int CHUNK_MAX = 32 * 1024;

  private final String node;
  private final ServerCallStreamObserver<LogChunk> user;
  private @Nullable AgentSide agent;
  private boolean owed;
  private boolean ended;

  /// @param node for messages to people
  /// @param onUserGone called when the user leaves
  BrokeredStream(String node, ServerCallStreamObserver<LogChunk> user, Runnable onUserGone) {
    this.node = node;
    this.user = user;
    user.setOnReadyHandler(this::pump);
    Runnable gone =
        () -> {
          onUserGone.run();
          leave();
        };
    user.setOnCancelHandler(gone);
    user.setOnCloseHandler(gone);
  }

  /// The agent dialled.
  synchronized void attach(AgentSide side) {
    agent = side;
    if (ended) {
      side.refuse(RefusalCode.ABORTED, "the user has left");
      return;
    }
    owed = true;
    pump();
  }

  @Override
  public synchronized void onNext(AttachStreamRequest message) {
    if (ended) {
      return;
    }
    switch (message.getMessageCase()) {
      case LOG -> copy(message.getLog());
      case FAILURE -> fail(status(message.getFailure()));
      case STREAM_ID, MESSAGE_NOT_SET -> breakRules("message: " + message.getMessageCase());
    }
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
  void fail(RefusalCode code, String message) {
    fail(StatusMapper.code(code).toStatus().withDescription(message));
  }

  private synchronized void fail(Status reason) {
    if (!ended) {
      ended = true;
      user.onError(reason.asRuntimeException());
      endAgent();
    }
  }

  private void copy(LogChunk chunk) {
    if (chunk.getData().size() > CHUNK_MAX) {
      breakRules("log.data: " + chunk.getData().size() + " bytes");
      return;
    }
    user.onNext(chunk);
    owed = true;
    pump();
  }

  private void breakRules(String what) {
    AgentSide side = agent;
    if (side != null) {
      side.refuse(
          RefusalCode.FAILED_PRECONDITION,
          what + " (expected: log of at most " + CHUNK_MAX + " bytes, or failure)");
    }
    fail(Status.UNAVAILABLE.withDescription("the agent of node " + node + " broke the protocol"));
  }

  private synchronized void pump() {
    AgentSide side = agent;
    if (owed && !ended && side != null && user.isReady()) {
      owed = false;
      side.more();
    }
  }

  private synchronized void leave() {
    ended = true;
    AgentSide side = agent;
    if (side != null) {
      side.refuse(RefusalCode.ABORTED, "the user has left");
    }
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
