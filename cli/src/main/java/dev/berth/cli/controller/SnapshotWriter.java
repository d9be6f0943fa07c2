package dev.berth.cli.controller;

import dev.berth.v1.SaveSnapshotResponse;
import dev.berth.v1.SnapshotHeader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/// Writes a snapshot: eight bytes that say so, the parts, each after its length, and the SHA-256 of
/// all before it. The file appears, whole and on the disk, or not at all.
final class SnapshotWriter implements AutoCloseable {
  private static final byte[] MAGIC = "BERTHSN1".getBytes(StandardCharsets.US_ASCII);

  private final Path file;
  private final Path fresh;
  private final FileChannel channel;
  private final OutputStream out;
  private final MessageDigest digest;
  private final DigestOutputStream body;
  private @Nullable SnapshotHeader header;
  private long entries;

  private SnapshotWriter(Path file, Path fresh, FileChannel channel) throws IOException {
    this.file = file;
    this.fresh = fresh;
    this.channel = channel;
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    this.digest = sha256();
    this.body = new DigestOutputStream(out, digest);
    body.write(MAGIC);
  }

  static SnapshotWriter open(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    Path name = target.getFileName();
    if (name == null || Files.isDirectory(target)) {
      throw new IOException(file + ": is a directory (expected: a file)");
    }
    Path fresh = target.resolveSibling("." + name + "." + ProcessHandle.current().pid() + ".new");
    Files.deleteIfExists(fresh);
    FileChannel channel =
        FileChannel.open(
            fresh,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new SnapshotWriter(target, fresh, channel);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  void add(SaveSnapshotResponse part) throws IOException {
    if (part.hasHeader() == (header != null)) {
      throw new IOException("the controller sent a snapshot that does not begin with its header");
    }
    if (part.hasHeader()) {
      header = part.getHeader();
    }
    entries += part.getPage().getEntriesCount();
    part.writeDelimitedTo(body);
  }

  /// Ends the file and puts it in its place.
  SnapshotHeader finish() throws IOException {
    SnapshotHeader whole = header;
    if (whole == null || whole.getEntries() != entries) {
      throw new IOException(
          "the controller sent %d entries (expected: %s): nothing was saved"
              .formatted(entries, whole == null ? "a header first" : whole.getEntries()));
    }
    out.write(digest.digest());
    out.flush();
    channel.force(true);
    channel.close();
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return whole;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(fresh);
  }
}
