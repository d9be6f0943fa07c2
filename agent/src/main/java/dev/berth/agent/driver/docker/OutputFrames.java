package dev.berth.agent.driver.docker;

import com.google.protobuf.ByteString;
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
/// eight bytes that say where it was written and how long it is, and the bytes. Frames of one
/// source that have come together make one piece.
final class OutputFrames {
  private static final int HEADER_BYTES = 8;
  private static final int STDERR = 2;

  private final InputStream in;
  private final boolean terminal;

  /// What has come and was not given yet: from `at` up to `end`.
  private final byte[] come = new byte[ProgramStream.PIECE_MAX + HEADER_BYTES];
  private int at;
  private int end;

  /// Of the frame that has begun.
  private int source;
  private long left;

  OutputFrames(InputStream in, boolean terminal) {
    this.in = in;
    this.terminal = terminal;
  }

  /// The next piece, at most [ProgramStream#PIECE_MAX]; empty at the end.
  Optional<LogChunk> next() throws IOException {
    if (terminal) {
      int read = in.read(come, 0, ProgramStream.PIECE_MAX);
      return read < 0 ? Optional.empty() : Optional.of(chunk(ByteString.copyFrom(come, 0, read)));
    }
    do {
      if (left == 0 && !begin()) {
        return Optional.empty();
      }
      if (left > 0 && at == end && !receive()) {
        throw new EOFException("the output was cut off");
      }
    } while (left == 0);
    return Optional.of(chunk(collect()));
  }

  /// All that has come of the source whose frame has begun.
  private ByteString collect() throws IOException {
    byte[] piece = new byte[Math.min(ProgramStream.PIECE_MAX, end - at)];
    int filled = 0;
    int of = source;
    while (true) {
      int take = (int) Math.min(Math.min(left, end - at), piece.length - filled);
      System.arraycopy(come, at, piece, filled, take);
      at += take;
      left -= take;
      filled += take;
      if (left > 0 || end - at < HEADER_BYTES || come[at] != of) {
        return UnsafeByteOperations.unsafeWrap(ByteBuffer.wrap(piece, 0, filled));
      }
      boolean _ = begin();
    }
  }

  /// Takes the header of the next frame, which may have no bytes; false at the end.
  private boolean begin() throws IOException {
    while (end - at < HEADER_BYTES) {
      if (!receive()) {
        if (at < end) {
          throw new EOFException("the output was cut off");
        }
        return false;
      }
    }
    if (come[at] < 0 || come[at] > STDERR) {
      throw new IOException("docker's output cannot be taken apart");
    }
    source = come[at];
    left = ByteBuffer.wrap(come).getInt(at + 4) & 0xffff_ffffL;
    at += HEADER_BYTES;
    return true;
  }

  /// Waits for more, behind what has not been given; false at the end.
  private boolean receive() throws IOException {
    System.arraycopy(come, at, come, 0, end - at);
    end -= at;
    at = 0;
    int read = in.read(come, end, come.length - end);
    end += Math.max(0, read);
    return read > 0;
  }

  private LogChunk chunk(ByteString data) {
    return LogChunk.newBuilder()
        .setSource(source == STDERR ? LogSource.LOG_SOURCE_STDERR : LogSource.LOG_SOURCE_STDOUT)
        .setData(data)
        .build();
  }
}
