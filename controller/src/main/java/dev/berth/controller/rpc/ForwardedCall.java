package dev.berth.controller.rpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A call that is handed on to the leader, message by message and each only when the other side has
/// room for it.
///
/// @param <Q> what is asked
/// @param <A> what is answered
final class ForwardedCall<Q, A> extends ServerCall.Listener<Q> {
  private final ServerCall<Q, A> here;
  private final ClientCall<Q, A> there;
  private final Ends<Q, A> ends;
  private @Nullable Q last;
  private boolean answered;
  private boolean dropped;
  private boolean askWaits;
  private boolean answerWaits;

  /// What is done at the end.
  ///
  /// @param rescue tries to answer a call that the leader could not be asked, given its last
  ///     request; answers whether it did
  /// @param ended called once
  record Ends<Q, A>(Function<Q, Boolean> rescue, Consumer<ForwardedCall<Q, A>> ended) {}

  ForwardedCall(ServerCall<Q, A> here, ClientCall<Q, A> there, Ends<Q, A> ends) {
    this.here = here;
    this.there = there;
    this.ends = ends;
  }

  /// Begins.
  ///
  /// @param headers for the leader
  void start(Metadata headers) {
    there.start(new Answers(), headers);
    there.request(1);
    here.request(1);
  }

  /// Ends it because the leader does not lead any more.
  void drop() {
    synchronized (this) {
      dropped = true;
    }
    there.cancel("the leader changed", null);
  }

  @Override
  public void onMessage(Q message) {
    synchronized (this) {
      last = message;
    }
    there.sendMessage(message);
    boolean more;
    synchronized (this) {
      more = there.isReady();
      askWaits = !more;
    }
    if (more) {
      here.request(1);
    }
  }

  @Override
  public void onHalfClose() {
    there.halfClose();
  }

  @Override
  public void onCancel() {
    there.cancel("the caller left", null);
  }

  @Override
  public void onComplete() {
    there.cancel("the call has ended", null);
  }

  @Override
  public void onReady() {
    boolean more;
    synchronized (this) {
      more = answerWaits;
      answerWaits = false;
    }
    if (more) {
      there.request(1);
    }
  }

  /// What comes back.
  private final class Answers extends ClientCall.Listener<A> {
    @Override
    public void onHeaders(Metadata headers) {
      Metadata own = new Metadata();
      String age = headers.get(BerthHeaders.STATE_AGE);
      if (age != null) {
        own.put(BerthHeaders.STATE_AGE, age);
      }
      synchronized (ForwardedCall.this) {
        answered = true;
      }
      here.sendHeaders(own);
    }

    @Override
    public void onMessage(A message) {
      here.sendMessage(message);
      boolean more;
      synchronized (ForwardedCall.this) {
        more = here.isReady();
        answerWaits = !more;
      }
      if (more) {
        there.request(1);
      }
    }

    @Override
    public void onReady() {
      boolean more;
      synchronized (ForwardedCall.this) {
        more = askWaits;
        askWaits = false;
      }
      if (more) {
        here.request(1);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ends.ended().accept(ForwardedCall.this);
      Status told = status;
      Q request;
      boolean silent;
      synchronized (ForwardedCall.this) {
        request = last;
        silent = !answered;
        if (!status.isOk() && (dropped || isBroken(status, trailers))) {
          told =
              Status.UNAVAILABLE.withDescription(
                  answered
                      ? "the leader changed in the middle of its answer: ask again"
                      : "the leader changed before it answered; the request was carried out wholly"
                          + " or not at all: repeat it with the same request id or etag");
        }
      }
      boolean unanswered = told.getCode() == Status.Code.UNAVAILABLE && silent;
      if (unanswered && request != null && ends.rescue().apply(request)) {
        return;
      }
      here.close(told, trailers);
    }

    /// Whether the connection broke in the middle, which is not the leader's own word.
    private static boolean isBroken(Status status, Metadata trailers) {
      return !trailers.containsKey(BerthHeaders.SAID)
          && switch (status.getCode()) {
            case UNAVAILABLE, UNKNOWN, INTERNAL -> true;
            default -> false;
          };
    }
  }
}
