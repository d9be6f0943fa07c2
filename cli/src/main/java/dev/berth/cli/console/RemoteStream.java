package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.TerminalSize;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// The call that carries the input and output of a command, a program or a console.
///
/// @param <Q> what is sent
/// @param <A> what is received
final class RemoteStream<Q, A> implements Remote {
  private final TwoWayCall<Q, A> call;
  private final Messages<Q, A> messages;
  private volatile OptionalInt exitCode = OptionalInt.empty();

  /// How the messages of one call say it.
  interface Messages<Q, A> {
    /// Input.
    Q input(ByteString typed);

    /// Another size of the terminal; empty: nobody wants to know it.
    Optional<Q> size(TerminalSize size);

    /// That what runs is left; empty: whoever goes away leaves it running.
    default Optional<Q> leave() {
      return Optional.empty();
    }

    /// How what ran has ended; empty: the message is output.
    default OptionalInt ended(A message) {
      return OptionalInt.empty();
    }

    /// A piece of output.
    Output output(A message);
  }

  /// @param call has been started, and said what is wanted
  RemoteStream(TwoWayCall<Q, A> call, Messages<Q, A> messages) {
    this.call = call;
    this.messages = messages;
  }

  /// Waits until the other end hears and is heard.
  ///
  /// @return what it says of itself
  /// @throws StatusRuntimeException when it cannot be reached
  A awaitOpened() throws InterruptedException {
    return call.receive()
        .orElseThrow(
            () ->
                Status.UNAVAILABLE
                    .withDescription("the stream ended before it was open")
                    .asRuntimeException());
  }

  /// How what ran has ended, once its output has; empty: nobody said it.
  OptionalInt exitCode() {
    return exitCode;
  }

  @Override
  public Optional<Output> output() throws InterruptedException {
    Optional<A> next = call.receive();
    OptionalInt ended = next.map(messages::ended).orElse(OptionalInt.empty());
    if (ended.isPresent()) {
      exitCode = ended;
      return Optional.empty();
    }
    return next.map(messages::output);
  }

  @Override
  public boolean awaitOutput(Duration limit) throws InterruptedException {
    return call.await(limit);
  }

  @Override
  public boolean input(ByteString typed) throws InterruptedException {
    return call.sendWhenTaken(messages.input(typed));
  }

  @Override
  public void endInput() {
    call.endInput();
  }

  @Override
  public void resize(TerminalSize size) {
    messages.size(size).ifPresent(this::send);
  }

  @Override
  public void leave() {
    Optional<Q> word = messages.leave();
    if (word.isEmpty()) {
      call.close();
      return;
    }
    send(word.get());
    call.endInput();
  }

  private void send(Q message) {
    boolean _ = call.send(message);
  }

  @Override
  public void close() {
    call.close();
  }
}
