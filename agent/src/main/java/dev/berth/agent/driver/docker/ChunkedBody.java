package dev.berth.agent.driver.docker;

import java.io.IOException;
import java.io.InputStream;

/// HTTP's chunked transfer coding, read to the line that ends it.
final class ChunkedBody extends InputStream {
  private static final int MOST_CHUNK_LINE = 1 << 10;
  private static final int MOST_TRAILERS = 64;
  private static final int SHORT_CHUNK_LINE = 12;

  private final InputStream in;
  private CountedBody chunk;
  private boolean first = true;
  private boolean ended;

  ChunkedBody(InputStream in) {
    this.in = in;
    chunk = new CountedBody(in, 0);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (chunk.left() == 0 && !ended) {
      nextChunk();
    }
    return ended ? -1 : chunk.read(bytes, offset, length);
  }

  @Override
  public int available() throws IOException {
    if (chunk.left() > 0) {
      return chunk.available();
    }
    return ended ? 0 : Math.max(0, in.available() - SHORT_CHUNK_LINE);
  }

  private void nextChunk() throws IOException {
    if (!first && !HttpAnswer.line(in, 2).isEmpty()) {
      throw new IOException("the daemon's answer has a broken chunk");
    }
    first = false;
    String size = HttpAnswer.line(in, MOST_CHUNK_LINE);
    int semicolon = size.indexOf(';');
    String digits = (semicolon < 0 ? size : size.substring(0, semicolon)).strip();
    chunk = new CountedBody(in, HttpAnswer.number(digits, 16));
    ended = chunk.left() == 0;
    if (ended) {
      skipTrailers();
    }
  }

  private void skipTrailers() throws IOException {
    for (int i = 0; i < MOST_TRAILERS; i++) {
      if (HttpAnswer.line(in, MOST_CHUNK_LINE).isEmpty()) {
        return;
      }
    }
    throw new IOException("the daemon's answer does not end");
  }
}
