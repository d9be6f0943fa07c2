package dev.berth.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files that are replaced as a whole: after a crash, at any moment, the old content or the new one
/// is there and durable. Readable by the owner alone.
public final class AtomicFile {
  private AtomicFile() {}

  /// Replaces the content of a file; durable when this returns.
  ///
  /// @param directory must exist
  /// @throws IOException when the old content is still there, for instance because the disk is full
  public static void write(Path directory, String name, byte[] content) throws IOException {
    Path fresh = directory.resolve(name + ".new");
    Files.deleteIfExists(fresh);
    try {
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(
          fresh,
          directory.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
      entry.force(true);
    }
  }

  /// Makes a directory, and those above it, for the owner alone.
  public static void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }
}
