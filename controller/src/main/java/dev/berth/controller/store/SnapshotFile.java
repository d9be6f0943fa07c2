package dev.berth.controller.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.berth.v1.SaveSnapshotResponse;
import dev.berth.v1.SnapshotHeader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// A file that `berth controller snapshot save` wrote: eight bytes that say so, the parts, each
/// after its length, and the SHA-256 of all before it.
final class SnapshotFile {
  private static final byte[] MAGIC = "BERTHSN1".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGEST_BYTES = 32;

  private final Path file;

  private SnapshotFile(Path file) {
    this.file = file;
  }

  /// Takes the parts in order.
  @FunctionalInterface
  interface Parts {
    void take(SaveSnapshotResponse part) throws StoreException;
  }

  /// Opens a file whose checksum is right.
  ///
  /// @throws IOException when it cannot be read, is no snapshot, or was changed or cut
  static SnapshotFile open(Path file) throws IOException {
    long length = Files.size(file);
    if (length < MAGIC.length + DIGEST_BYTES) {
      throw new IOException(file + ": has " + length + " bytes (expected: a snapshot of Berth)");
    }
    MessageDigest digest = sha256();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      DigestInputStream body = new DigestInputStream(in, digest);
      if (!Arrays.equals(body.readNBytes(MAGIC.length), MAGIC)) {
        throw new IOException(file + ": is not a snapshot of Berth (expected: BERTHSN1 first)");
      }
      // Read, not skipped: what is skipped is not digested.
      byte[] buffer = new byte[1 << 16];
      long left = length - MAGIC.length - DIGEST_BYTES;
      while (left > 0) {
        int read = body.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
        if (read == 0) {
          throw new IOException(file + ": became shorter while it was read");
        }
        left -= read;
      }
      byte[] found = digest.digest();
      byte[] expected = in.readNBytes(DIGEST_BYTES);
      if (!Arrays.equals(found, expected)) {
        throw new IOException(
            "%s: SHA-256: %s (expected: %s): the file was changed or cut"
                .formatted(
                    file, HexFormat.of().formatHex(found), HexFormat.of().formatHex(expected)));
      }
    }
    return new SnapshotFile(file);
  }

  /// Reads the header, then hands on the pages.
  SnapshotHeader read(Parts pages) throws IOException, StoreException {
    long left = Files.size(file) - DIGEST_BYTES - MAGIC.length;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      in.skipNBytes(MAGIC.length);
      Counted counted = new Counted(in, left);
      SaveSnapshotResponse first = SaveSnapshotResponse.parseDelimitedFrom(counted);
      if (first == null || !first.hasHeader()) {
        throw new IOException(file + ": has no header (expected: it first)");
      }
      SaveSnapshotResponse part = SaveSnapshotResponse.parseDelimitedFrom(counted);
      while (part != null) {
        pages.take(part);
        part = SaveSnapshotResponse.parseDelimitedFrom(counted);
      }
      return first.getHeader();
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(file + ": holds a part that cannot be read: " + e.getMessage(), e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /// Ends where the checksum begins.
  private static final class Counted extends InputStream {
    private final InputStream in;
    private long left;

    Counted(InputStream in, long left) {
      this.in = in;
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      return left-- > 0 ? in.read() : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int read = in.read(into, offset, (int) Math.min(length, left));
      left -= Math.max(0, read);
      return read;
    }
  }
}
