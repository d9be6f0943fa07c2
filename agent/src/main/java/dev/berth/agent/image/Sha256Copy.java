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

/// Copies a stream into a file and counts its digest on the way.
final class Sha256Copy {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final long REPORT_BYTES = 4L << 20;

  private Sha256Copy() {}

  /// Durable when this returns.
  ///
  /// @return the digest, 64 lower-case hexadecimal digits
  static String copy(InputStream from, Path to, long total, ImageProgress progress)
      throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long copied = 0;
    long reported = 0;
    try (FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE)) {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        digest.update(buffer, 0, read);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        copied += read;
        if (copied - reported >= REPORT_BYTES) {
          reported = copied;
          progress.fetched(copied, total);
        }
      }
      channel.force(true);
    }
    if (total > 0 && copied != total) {
      throw new IOException("it ended after " + copied + " of " + total + " bytes; try again");
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
