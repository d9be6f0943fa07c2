package dev.berth.agent.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;

/// A piece of some content as an HTTP client sends it, and sends it again after a login.
///
/// @param offset where it begins
/// @param length of it in bytes
record PieceBody(BlobUpload.Content content, long offset, int length) {
  HttpRequest.BodyPublisher publisher() {
    return HttpRequest.BodyPublishers.fromPublisher(
        HttpRequest.BodyPublishers.ofInputStream(this::open), length);
  }

  private InputStream open() {
    try {
      return new First(content.from(offset), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// So many bytes, and no more.
  private static final class First extends FilterInputStream {
    private int left;

    First(InputStream in, int bytes) {
      super(in);
      left = bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int at, int most) throws IOException {
      int read = left == 0 ? -1 : in.read(bytes, at, Math.min(most, left));
      left -= Math.max(0, read);
      return read;
    }
  }
}
