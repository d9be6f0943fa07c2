package dev.berth.agent.driver.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Exactly as many bytes as an HTTP answer announced.
final class CountedBody extends InputStream {
  private final InputStream in;
  private long left;

  CountedBody(InputStream in, long length) {
    this.in = in;
    left = length;
  }

  /// Bytes that have not been read.
  long left() {
    return left;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int read = in.read(bytes, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("the daemon's answer was cut off");
    }
    left -= read;
    return read;
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(left, in.available());
  }
}
