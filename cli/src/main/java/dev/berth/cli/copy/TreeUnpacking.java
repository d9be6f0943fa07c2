package dev.berth.cli.copy;

import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts an archive from elsewhere below a directory of this host, and nothing anywhere else: names
/// that lead out are refused, and nothing is written through a link below the directory, whether
/// the archive brought it or it was there before. Rights beyond read, write and execute are
/// dropped.
final class TreeUnpacking {
  private static final int BUFFER_BYTES = 32 << 10;
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ
  };

  private final Path root;
  private final Landing landing;
  private final boolean keepOwners;
  // Those that more may come into: they get their rights and times when nothing more does.
  private final Deque<Open> open = new ArrayDeque<>();

  private record Open(Path path, TarEntry entry) {}

  /// @param root the directory of the landing, which is there
  TreeUnpacking(Path root, Landing landing, boolean keepOwners) {
    this.root = root;
    this.landing = landing;
    this.keepOwners = keepOwners;
  }

  /// Places all of it.
  ///
  /// @throws IOException when it is broken, may not be placed, or this host does not take it; what
  ///     was placed before stays
  void unpack(TarReader tar) throws IOException {
    for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarEntry entry = next.get();
      String name = landing.renamed(entry.name());
      if (!name.isEmpty()) {
        place(tar, entry, inside(entry.name(), name));
      }
    }
    leave(null);
  }

  private void place(TarReader tar, TarEntry entry, Path path) throws IOException {
    leave(path);
    parents(entry, path);
    switch (entry.type()) {
      case DIRECTORY -> {
        directory(entry, path);
        open.push(new Open(path, entry));
      }
      case FILE -> {
        clear(entry, path);
        file(tar, path);
        finish(path, entry);
      }
      case LINK -> {
        clear(entry, path);
        Path _ = Files.createSymbolicLink(path, Path.of(entry.linkName()));
        own(path, entry);
      }
      case HARD_LINK -> {
        Path other = inside(entry.linkName(), landing.renamed(entry.linkName()));
        parents(entry, other);
        if (!Files.isRegularFile(other, LinkOption.NOFOLLOW_LINKS)) {
          throw refused(entry.name(), "is a hard link to what is no file of the archive");
        }
        clear(entry, path);
        Path _ = Files.createLink(path, other);
      }
      case OTHER -> throw refused(entry.name(), "is a device, a pipe or a socket; copy without it");
    }
  }

  /// Where a name is below the root.
  private Path inside(String shown, String name) throws IOException {
    try {
      Path relative = Path.of(name);
      // What the archive says counts, too: its top gets another name.
      boolean leads = relative.isAbsolute() || List.of(shown.split("/", -1)).contains("..");
      Path path = root.resolve(relative).normalize();
      if (leads || path.equals(root.normalize()) || !path.startsWith(root.normalize())) {
        throw refused(shown, "leads out of where it is copied to");
      }
      return path;
    } catch (InvalidPathException e) {
      throw new IOException(Printable.quote(shown) + ": is no name for a file", e);
    }
  }

  /// All directories on the way are real ones; those that the archive left out are made.
  private void parents(TarEntry entry, Path path) throws IOException {
    Path at = root.normalize();
    Path way = at.relativize(path);
    for (int i = 0; i < way.getNameCount() - 1; i++) {
      at = at.resolve(way.getName(i));
      if (Files.isSymbolicLink(at)) {
        throw refused(entry.name(), "would be written through the link " + at);
      }
      if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
        Path _ = Files.createDirectory(at);
      }
    }
  }

  private static void directory(TarEntry entry, Path path) throws IOException {
    try {
      Path _ = Files.createDirectory(path);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(
            Printable.quote(entry.name()) + ": a file is in its place, " + path + "; move it", e);
      }
    }
  }

  /// Takes away a file or a link that was there; its target stays as it is.
  private static void clear(TarEntry entry, Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(entry.name(), "a directory is in its place, " + path + "; move it");
    }
    boolean _ = Files.deleteIfExists(path);
  }

  private static void file(TarReader tar, Path path) throws IOException {
    // Made anew, or not at all: an open that makes a file never follows a link.
    try (OutputStream out =
        Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] bytes = new byte[BUFFER_BYTES];
      for (int read = tar.read(bytes); read >= 0; read = tar.read(bytes)) {
        out.write(bytes, 0, read);
      }
    }
  }

  /// Finishes the directories that a path is not in; null: all.
  private void leave(@Nullable Path path) throws IOException {
    while (!open.isEmpty() && (path == null || !path.startsWith(open.peek().path()))) {
      Open left = open.pop();
      finish(left.path(), left.entry());
    }
  }

  private void finish(Path path, TarEntry entry) throws IOException {
    own(path, entry);
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < BITS.length; bit++) {
      if ((entry.mode() & (1 << bit)) != 0) {
        permissions.add(BITS[bit]);
      }
    }
    Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setPermissions(permissions);
    FileTime time = FileTime.from(Instant.ofEpochSecond(entry.modifySeconds()));
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(time, null, null);
  }

  private void own(Path path, TarEntry entry) throws IOException {
    if (!keepOwners) {
      return;
    }
    try {
      Path _ = Files.setAttribute(path, "unix:uid", (int) entry.uid(), LinkOption.NOFOLLOW_LINKS);
      Path _ = Files.setAttribute(path, "unix:gid", (int) entry.gid(), LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          path + ": its owner cannot be set: " + e.getMessage() + "; leave -a out, or be root", e);
    }
  }

  private static IOException refused(String name, String why) {
    return new IOException(Printable.quote(name) + ": " + why);
  }
}
