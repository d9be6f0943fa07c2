package dev.berth.agent.driver.docker;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;

/// A place in a container's output, which the daemon knows by the times of lines alone.
///
/// @param out in what it wrote to its standard output or terminal
/// @param error in what it wrote to its standard error
record LogPosition(Mark out, Mark error) {
  private static final int MARK_BYTES = Long.BYTES + 2 * Integer.BYTES + Long.BYTES;

  /// The place in one of the two.
  ///
  /// @param time of the last line; [Instant#MIN] when there was none
  /// @param taken how many lines of that very time were begun
  /// @param ofLast bytes given of the last of them; -1: all
  record Mark(Instant time, int taken, long ofLast) {
    private void put(ByteBuffer bytes) {
      bytes.putLong(time.getEpochSecond()).putInt(time.getNano()).putInt(taken).putLong(ofLast);
    }

    private static Mark get(ByteBuffer bytes) {
      return new Mark(
          Instant.ofEpochSecond(bytes.getLong(), bytes.getInt()),
          Math.max(0, bytes.getInt()),
          Math.max(-1, bytes.getLong()));
    }
  }

  static LogPosition of(Mark out, Mark error) {
    return new LogPosition(out, error);
  }

  ByteString encoded() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * MARK_BYTES);
    out.put(bytes);
    error.put(bytes);
    return ByteString.copyFrom(bytes.flip());
  }

  /// @throws DriverException when it is none
  static LogPosition decode(ByteString encoded) throws DriverException {
    if (encoded.size() == 2 * MARK_BYTES) {
      ByteBuffer bytes = encoded.asReadOnlyByteBuffer();
      try {
        return new LogPosition(Mark.get(bytes), Mark.get(bytes));
      } catch (DateTimeException _) {
        // As below.
      }
    }
    throw DriverException.permanent(
        "BadPosition", "position: not one that this instance's output gave", null);
  }
}
