package dev.berth.agent.driver.docker;

import com.google.protobuf.UnsafeByteOperations;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Takes apart what the daemon sends of a program: as it is from a terminal, else in frames of
/// eight bytes that say where it was written and how long it is, and the bytes.
final class OutputFrames {
  private static final int HEADER_BYTES = 8;
  private static final int STDERR = 2;

  private final InputStream in;
  private final boolean terminal;
  private int source;
  private long left;

  OutputFrames(InputStream in, boolean terminal) {
    this.in = in;
    this.terminal = terminal;
  }

  /// The next piece, at most [ProgramStream#PIECE_MAX]; empty at the end.
  Optional<LogChunk> next() throws IOException {
    while (!terminal && left == 0) {
      byte[] header = in.readNBytes(HEADER_BYTES);
      if (header.length == 0) {
        return Optional.empty();
      }
      if (header.length < HEADER_BYTES || header[0] < 0 || header[0] > STDERR) {
        throw new IOException("docker's output cannot be taken apart");
      }
      source = header[0];
      left = ByteBuffer.wrap(header).getInt(4) & 0xffff_ffffL;
    }
    byte[] piece = new byte[ProgramStream.PIECE_MAX];
    int most = terminal ? piece.length : (int) Math.min(left, piece.length);
    int read = in.read(piece, 0, most);
    if (read < 0) {
      if (!terminal) {
        throw new EOFException("the output was cut off");
      }
      return Optional.empty();
    }
    left -= terminal ? 0 : read;
    return Optional.of(
        LogChunk.newBuilder()
            .setSource(source == STDERR ? LogSource.LOG_SOURCE_STDERR : LogSource.LOG_SOURCE_STDOUT)
            .setData(UnsafeByteOperations.unsafeWrap(ByteBuffer.wrap(piece, 0, read)))
            .build());
  }
}
