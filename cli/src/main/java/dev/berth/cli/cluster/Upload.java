package dev.berth.cli.cluster;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongConsumer;

/// Content on its way into a call: a thread of its own sends it, as fast as it is taken, while
/// another one receives what is said of it.
///
/// @param <Q> what is sent
/// @param <A> what is received
public final class Upload<Q, A> implements AutoCloseable {
  private final TwoWayCall<Q, A> call;
  private final String what;
  private final int pieceBytes;
  private final Function<ByteString, Q> piece;
  private final AtomicReference<Optional<Exception>> unreadable =
      new AtomicReference<>(Optional.empty());

  /// What is sent.
  public interface Content {
    /// Writes all of it.
    void write(OutputStream out) throws IOException;
  }

  /// @param call has been started
  /// @param what the content is, for messages: "the context"
  /// @param pieceBytes of a message, at most
  /// @param piece the message with a piece
  public Upload(TwoWayCall<Q, A> call, String what, int pieceBytes, Function<ByteString, Q> piece) {
    this.call = call;
    this.what = what;
    this.pieceBytes = pieceBytes;
    this.piece = piece;
  }

  /// Begins to send.
  ///
  /// @param sent told how many bytes there were, when all are sent
  public void start(Content content, LongConsumer sent) {
    Thread.ofPlatform().daemon().name("upload").start(() -> send(content, sent));
  }

  private void send(Content content, LongConsumer sent) {
    try (PieceOutput<Q> out = new PieceOutput<>(call, pieceBytes, piece)) {
      content.write(out);
      out.flush();
      sent.accept(out.total());
      call.endInput();
    } catch (PieceOutput.EndedException _) {
      // Whoever receives hears why.
    } catch (IOException | RuntimeException e) {
      // Said first: whoever receives asks for it when the call breaks off.
      unreadable.set(Optional.of(e));
      call.cancel(what + " cannot be read");
    }
  }

  /// What is said next; waits for it. Empty: nothing more.
  ///
  /// @throws IOException when the content cannot be read
  /// @throws StatusRuntimeException when the call failed
  public Optional<A> receive() throws IOException, InterruptedException {
    try {
      return call.receive();
    } catch (StatusRuntimeException e) {
      Exception cause = unreadable.get().orElse(null);
      if (cause == null) {
        throw e;
      }
      throw new IOException(what + " cannot be read: " + cause.getMessage(), cause);
    }
  }

  @Override
  public void close() {
    call.close();
  }
}
