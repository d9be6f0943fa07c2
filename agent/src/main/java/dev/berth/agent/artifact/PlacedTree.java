package dev.berth.agent.artifact;

import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A directory that is being filled with what strangers wrote. Nothing gets out of it: every path
/// goes through real directories only, and links lead to what is below.
///
/// The directory must be one that nobody else can write to while it is filled.
public final class PlacedTree {
  private static final int BUFFER_BYTES = 64 << 10;
  // Everyone may read and execute, the owner alone write; no set-user-id bits.
  private static final int MODE_BITS = 0755;
  private static final int OWNER_READS = 0400;
  private static final int OWNER_PASSES = 0700;

  private final Path root;
  private final Bounds bounds;
  private int entries;
  private long bytes;

  /// The most that is placed.
  ///
  /// @param entries files, directories and links
  /// @param bytes in all files together
  public record Bounds(int entries, long bytes) {
    /// For whatever anybody means to run.
    public static final Bounds USUAL = new Bounds(200_000, 8L << 30);

    /// For a root file system.
    static final Bounds ROOT = new Bounds(500_000, 16L << 30);
  }

  /// @param root an empty directory
  public PlacedTree(Path root, Bounds bounds) {
    this.root = root;
    this.bounds = bounds;
  }

  /// Makes a directory, and those above it; it may be there.
  ///
  /// @param mode its mode bits
  void directory(String path, int mode) throws IOException, InterruptedException {
    count(path);
    Path made = directories(root, parts(path), path);
    if (!made.equals(root)) {
      chmod(made, (mode & MODE_BITS) | OWNER_PASSES);
    }
  }

  /// Writes a file; one that is there is replaced.
  ///
  /// @param mode its mode bits
  public void file(String path, InputStream content, int mode)
      throws IOException, InterruptedException {
    Path file = free(path);
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = read(path, content, buffer); read >= 0; read = read(path, content, buffer)) {
        bytes += read;
        if (bytes > bounds.bytes()) {
          throw new RefusedArchiveException(
              "it has more than " + bounds.bytes() + " bytes unpacked; place less");
        }
        out.write(buffer, 0, read);
      }
    }
    chmod(file, (mode & MODE_BITS) | OWNER_READS);
  }

  static int read(String path, InputStream content, byte[] buffer)
      throws RefusedArchiveException, InterruptedException {
    stopIfInterrupted();
    try {
      return content.read(buffer);
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedArchiveException(
          Printable.quote(path) + " cannot be read: " + e.getMessage(), e);
    }
  }

  /// Makes a symbolic link, which must lead to what is below the directory.
  void link(String path, String target) throws IOException, InterruptedException {
    Path link = free(path);
    int depth = root.relativize(link).getNameCount() - 1;
    if (!staysInside(target, depth)) {
      throw new RefusedArchiveException(
          "link "
              + Printable.quote(path)
              + " to "
              + Printable.quote(target)
              + ": may lead out of the directory (expected: a relative path to what is in it)");
    }
    Files.createSymbolicLink(link, relative(target));
  }

  /// Steps up come first, and are no more than there are directories above the link, which are real
  /// ones. A step up behind a name might be one from where another link leads to.
  private static boolean staysInside(String target, int depth) {
    if (target.isEmpty() || target.startsWith("/")) {
      return false;
    }
    int ups = 0;
    boolean named = false;
    for (String part : target.split("/", -1)) {
      if (part.equals("..")) {
        ups++;
        if (named || ups > depth) {
          return false;
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        named = true;
      }
    }
    return true;
  }

  /// Where a file or link can be made.
  private Path free(String path) throws IOException, InterruptedException {
    count(path);
    List<String> parts = parts(path);
    if (parts.isEmpty()) {
      throw new RefusedArchiveException(Printable.quote(path) + ": is no name for a file");
    }
    Path parent = directories(root, parts.subList(0, parts.size() - 1), path);
    Path file = parent.resolve(relative(parts.getLast()));
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new RefusedArchiveException(
          Printable.quote(path) + ": there is a directory of this name already");
    }
    try {
      Files.deleteIfExists(file);
    } catch (DirectoryNotEmptyException e) {
      throw new IOException("somebody else writes to " + root, e);
    }
    return file;
  }

  private static Path directories(Path from, List<String> parts, String path) throws IOException {
    Path at = from;
    for (String part : parts) {
      at = at.resolve(relative(part));
      try {
        Files.createDirectory(at);
        chmod(at, MODE_BITS);
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
          throw new RefusedArchiveException(
              Printable.quote(path) + ": leads through " + part + ", which is no directory", e);
        }
      }
    }
    return at;
  }

  private static List<String> parts(String path) throws RefusedArchiveException {
    if (path.startsWith("/")) {
      throw new RefusedArchiveException(
          Printable.quote(path) + ": is an absolute path (expected: a relative one)");
    }
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        throw new RefusedArchiveException(
            Printable.quote(path) + ": leads out of the directory by \"..\"");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts;
  }

  static Path relative(String text) throws RefusedArchiveException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new RefusedArchiveException(
          Printable.quote(text)
              + ": is no name for a file here; in another language than English the agent needs a"
              + " UTF-8 locale",
          e);
    }
  }

  private void count(String path) throws RefusedArchiveException, InterruptedException {
    stopIfInterrupted();
    entries++;
    if (entries > bounds.entries()) {
      throw new RefusedArchiveException(
          "it has more than " + bounds.entries() + " entries; place fewer");
    }
    if (path.indexOf('\0') >= 0) {
      throw new RefusedArchiveException(Printable.quote(path) + ": holds a NUL character");
    }
  }

  static void stopIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static void chmod(Path file, int mode) throws IOException {
    PosixFilePermission[] all = PosixFilePermission.values();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < all.length; i++) {
      // They are in the order of the bits, the highest first.
      if ((mode & (1 << (all.length - 1 - i))) != 0) {
        permissions.add(all[i]);
      }
    }
    Files.setPosixFilePermissions(file, permissions);
  }
}
