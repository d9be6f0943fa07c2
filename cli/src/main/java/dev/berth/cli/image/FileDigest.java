package dev.berth.cli.image;

import dev.berth.cli.term.ProgressLine;
import dev.berth.cli.term.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Counts the digest of a file.
final class FileDigest {
  private static final int BUFFER_BYTES = 1 << 20;

  private FileDigest() {}

  /// Reads all of it.
  ///
  /// @param terminal shows how far it is, when it is one
  /// @return 64 lower-case hexadecimal digits
  static String sha256(Path file, long bytes, Terminal terminal) throws IOException {
    MessageDigest digest = sha256();
    ProgressLine progress = new ProgressLine(terminal);
    byte[] buffer = new byte[BUFFER_BYTES];
    long counted = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        counted += read;
        if (terminal.errIsTerminal()) {
          progress.show("counting its SHA-256: " + Math.min(100, counted * 100 / bytes) + " %");
        }
      }
    } finally {
      progress.end();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
