package dev.berth.agent.driver.docker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// Sends what is not known to its end yet, as HTTP/1.1 does: in chunks.
final class ChunkedContent {
  private static final int BUFFER_BYTES = 8 << 10;
  private static final String LINE_END = "\r\n";

  private ChunkedContent() {}

  /// Whoever is sent to takes no more.
  static final class HungUpException extends IOException {
    private static final long serialVersionUID = 1L;

    HungUpException(IOException cause) {
      super("the daemon takes no more: " + cause.getMessage(), cause);
    }
  }

  /// Sends all of it.
  ///
  /// @throws HungUpException when the connection fails
  /// @throws IOException when the content cannot be read
  static void send(InputStream content, SocketChannel to) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    for (int read = content.read(bytes); read >= 0; read = content.read(bytes)) {
      if (read > 0) {
        write(
            to,
            ascii(Integer.toHexString(read) + LINE_END),
            ByteBuffer.wrap(bytes, 0, read),
            ascii(LINE_END));
      }
    }
    write(to, ascii("0" + LINE_END + LINE_END));
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void write(SocketChannel to, ByteBuffer... parts) throws IOException {
    try {
      while (parts[parts.length - 1].hasRemaining()) {
        long _ = to.write(parts);
      }
    } catch (IOException e) {
      throw new HungUpException(e);
    }
  }
}
