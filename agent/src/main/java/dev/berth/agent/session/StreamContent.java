package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;

/// What comes in on an attached stream, as one sequence of bytes. It ends where the sender said so,
/// and nowhere else.
final class StreamContent extends InputStream {
  private final AttachedStream stream;
  private ByteString piece = ByteString.EMPTY;
  private int taken;

  StreamContent(AttachedStream stream) {
    this.stream = stream;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (taken == piece.size()) {
      Optional<ByteString> next = next();
      if (next.isEmpty()) {
        return -1;
      }
      piece = next.get();
      taken = 0;
    }
    int count = Math.min(length, piece.size() - taken);
    piece.substring(taken, taken + count).copyTo(bytes, offset);
    taken += count;
    return count;
  }

  private Optional<ByteString> next() throws IOException {
    try {
      Optional<ByteString> next = stream.input();
      if (next.isEmpty() && !stream.hasInputEnded()) {
        throw new IOException("whoever sent it went away before the end");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException end = new InterruptedIOException("it was not wanted any more");
      end.initCause(e);
      throw end;
    }
  }
}
