package dev.berth.controller.rpc;

import com.google.protobuf.Message;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.Snapshot;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Sends outcomes to callers.
final class Answers {
  private Answers() {}

  /// Answers when the outcome is known.
  static <T extends Message> void send(
      CompletableFuture<Outcome> outcome, Class<T> type, StreamObserver<T> caller) {
    send(outcome, type, Function.identity(), caller);
  }

  /// Answers with something made of the outcome.
  static <S extends Message, T> void send(
      CompletableFuture<Outcome> outcome,
      Class<S> type,
      Function<S, T> view,
      StreamObserver<T> caller) {
    var _ =
        outcome.thenAccept(
            known -> {
              try {
                switch (known) {
                  case Outcome.Success(Message answer) ->
                      sendNow(view.apply(type.cast(answer)), caller);
                  case Outcome.Refused(var refusal) ->
                      caller.onError(StatusMapper.exception(refusal));
                }
              } catch (StatusRuntimeException e) {
                caller.onError(e);
              }
            });
  }

  /// Answers at once.
  static <T> void sendNow(T answer, StreamObserver<T> caller) {
    caller.onNext(answer);
    caller.onCompleted();
  }

  /// What is true now, or, for a call that is answered without a leader, what is stored; or
  /// UNAVAILABLE.
  static Snapshot snapshot(ControllerLoop loop) {
    return StaleRead.snapshot().or(loop::snapshot).orElseThrow(StatusMapper::notLeading);
  }
}
