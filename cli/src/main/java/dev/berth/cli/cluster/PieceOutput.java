package dev.berth.cli.cluster;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Function;

/// Gathers what is written into messages of a call, which are sent as they are taken.
///
/// @param <Q> the messages
public final class PieceOutput<Q> extends OutputStream {
  private final TwoWayCall<Q, ?> call;
  private final Function<ByteString, Q> piece;
  private final byte[] buffer;
  private int filled;
  private long total;

  /// The call has ended before all was sent; whoever receives hears why.
  public static final class EndedException extends IOException {
    private static final long serialVersionUID = 1L;

    private EndedException() {
      super("the other end takes no more");
    }
  }

  /// @param call has been started
  /// @param pieceBytes of a message, at most
  /// @param piece the message with a piece
  public PieceOutput(TwoWayCall<Q, ?> call, int pieceBytes, Function<ByteString, Q> piece) {
    this.call = call;
    this.piece = piece;
    this.buffer = new byte[pieceBytes];
  }

  /// Bytes that were sent.
  public long total() {
    return total;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, buffer.length - filled);
      System.arraycopy(bytes, offset + done, buffer, filled, count);
      filled += count;
      done += count;
      if (filled == buffer.length) {
        flush();
      }
    }
  }

  /// Sends what has been gathered; waits until it is taken.
  ///
  /// @throws EndedException when the call has ended
  @Override
  public void flush() throws IOException {
    if (filled == 0) {
      return;
    }
    Q message = piece.apply(ByteString.copyFrom(buffer, 0, filled));
    total += filled;
    filled = 0;
    try {
      if (!call.sendWhenTaken(message)) {
        throw new EndedException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
