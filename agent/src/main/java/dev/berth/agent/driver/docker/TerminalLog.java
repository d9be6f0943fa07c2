package dev.berth.agent.driver.docker;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// The log of a program that has a terminal, in frames as of one that has none. The daemon sends it
/// without them: a time, a blank and a line, or a part of [#PART_BYTES] of a long line.
final class TerminalLog extends InputStream {
  private static final int PART_BYTES = 16 << 10;
  private static final int TIME_BYTES_MAX = 40;
  private static final byte STDOUT = 1;
  private static final int HEADER_BYTES = 8;

  private final InputStream raw;
  private ByteBuffer frame = ByteBuffer.allocate(0);

  TerminalLog(InputStream raw) {
    this.raw = new BufferedInputStream(raw, 2 * PART_BYTES);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (!frame.hasRemaining() && !nextFrame()) {
      return -1;
    }
    int count = Math.min(length, frame.remaining());
    frame.get(bytes, offset, count);
    return count;
  }

  @Override
  public int available() throws IOException {
    return frame.hasRemaining() ? frame.remaining() : raw.available();
  }

  private boolean nextFrame() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int b = raw.read();
    if (b < 0) {
      return false;
    }
    while (b != ' ') {
      if (b < 0) {
        throw new EOFException("the output was cut off");
      }
      if (text.size() == TIME_BYTES_MAX) {
        throw new IOException("docker's output has a line without a time");
      }
      text.write(b);
      b = raw.read();
    }
    text.write(b);
    int part = 0;
    do {
      b = raw.read();
      if (b >= 0) {
        text.write(b);
        part++;
      }
    } while (b >= 0 && b != '\n' && part < PART_BYTES);
    frame =
        ByteBuffer.allocate(HEADER_BYTES + text.size())
            .put(STDOUT)
            .putInt(HEADER_BYTES / 2, text.size())
            .position(HEADER_BYTES)
            .put(text.toByteArray())
            .flip();
    return true;
  }
}
