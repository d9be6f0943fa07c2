package dev.berth.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Copies a stream into a file and counts its digest on the way.
final class Sha256Copy {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final long REPORT_BYTES = 1L << 20;

  private Sha256Copy() {}

  /// What is copied cannot be had, or is not whole.
  static final class SourceException extends IOException {
    private static final long serialVersionUID = 1L;

    SourceException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// Durable when this returns.
  ///
  /// @param total how many bytes there must be; 0: not known
  /// @throws SourceException when it is the source that fails
  /// @return the digest, 64 lower-case hexadecimal digits
  static String copy(InputStream from, Path to, long total, ImageProgress progress)
      throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long copied = 0;
    long reported = 0;
    try (FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE)) {
      for (int read = read(from, buffer); read >= 0; read = read(from, buffer)) {
        digest.update(buffer, 0, read);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        copied += read;
        if (total > 0 && copied > total) {
          throw new SourceException("there is more than the " + total + " bytes announced", null);
        }
        if (copied - reported >= REPORT_BYTES) {
          reported = copied;
          progress.fetched(copied, total);
        }
      }
      channel.force(true);
    }
    if (total > 0 && copied != total) {
      throw new SourceException(
          "it ended after " + copied + " of " + total + " bytes; try again", null);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static int read(InputStream from, byte[] buffer) throws SourceException {
    try {
      return from.read(buffer);
    } catch (IOException e) {
      throw new SourceException(String.valueOf(e.getMessage()), e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
