package dev.berth.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A stream whose digest is known before: whoever reads it can ask for the rest of it, and whether
/// it was that.
final class DigestedStream extends DigestInputStream {
  private static final int BUFFER_BYTES = 64 << 10;

  private final String expected;

  /// @param expected SHA-256, 64 lower-case hexadecimal digits
  DigestedStream(InputStream in, String expected) {
    super(in, sha256());
    this.expected = expected;
  }

  /// Reads what is left.
  ///
  /// @throws IOException when it was not what was expected
  void finish() throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    int read = read(buffer, 0, buffer.length);
    while (read >= 0) {
      read = read(buffer, 0, buffer.length);
    }
    String digest = HexFormat.of().formatHex(getMessageDigest().digest());
    if (!digest.equals(expected)) {
      throw new IOException(
          "the registry sent a layer with sha256 %s (expected: %s)".formatted(digest, expected));
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
