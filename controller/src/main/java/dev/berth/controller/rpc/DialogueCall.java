package dev.berth.controller.rpc;

import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.Instance;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One caller's stream in both directions, from the message that opens it to its end.
///
/// @param <Q> the caller's messages
/// @param <A> what the caller gets
final class DialogueCall<Q, A> implements StreamObserver<Q> {
  private final StreamBroker broker;
  private final Dialogue<Q, A> dialogue;
  private final BrokeredStream<A> stream;
  private @Nullable Instance instance;
  private boolean opened;

  /// Must be made while the call is being started.
  DialogueCall(StreamBroker broker, Dialogue<Q, A> dialogue, StreamObserver<A> caller) {
    this.broker = broker;
    this.dialogue = dialogue;
    this.stream = BrokeredStream.bothWays((ServerCallStreamObserver<A>) caller, this::view);
  }

  @Override
  public void onNext(Q message) {
    boolean opens = dialogue.opens(message);
    if ((instance == null) != opens) {
      throw StatusMapper.badField(
          "message",
          opens ? "open came again (expected: input)" : "input came first (expected: open)");
    }
    if (opens) {
      Dialogue.Opening opening = dialogue.open(message);
      instance = opening.instance();
      broker.open(opening.agent(), opening.request(), stream);
    } else {
      stream.input(dialogue.input(message));
    }
  }

  @Override
  public void onError(Throwable cause) {
    // The caller left; the stream hears of it by itself.
  }

  @Override
  public void onCompleted() {
    if (instance == null) {
      throw StatusMapper.badField("message", "none came (expected: open first, then input)");
    }
    stream.endInput();
  }

  /// Called by one thread at a time, as the agent's messages come in.
  private Optional<A> view(AttachStreamRequest message) {
    Instance about = instance;
    if (opened || about == null) {
      return dialogue.output(message);
    }
    opened = message.hasOpened();
    return opened ? Optional.of(dialogue.opened(about, message.getOpened())) : Optional.empty();
  }
}
