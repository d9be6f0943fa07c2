package dev.berth.agent.artifact;

import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/// A root file system that is being made of the layers of an image, which strangers wrote. Links in
/// it may lead anywhere, since they are followed as from within it only, and here as well: nothing
/// outside is read, written or removed.
///
/// The directory must be one that nobody else can write to while it is filled.
final class LayerTree {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MODE_BITS = 07777;
  private static final long ID_MAX = 0xffff_fffeL;
  private static final Attributes PARENT = new Attributes(0, 0, 0755, FileTime.fromMillis(0));

  private final Path root;
  private final RootPaths paths;
  private final PlacedTree.Bounds bounds;
  private int entries;
  private long bytes;

  /// Of a file or directory.
  ///
  /// @param uid number of its user
  /// @param gid number of its group
  /// @param mode its mode bits, those that set user and group ids among them
  /// @param modified when it was changed
  record Attributes(long uid, long gid, int mode, FileTime modified) {}

  /// @param root an empty directory
  LayerTree(Path root, PlacedTree.Bounds bounds) {
    this.root = root;
    this.paths = new RootPaths(root);
    this.bounds = bounds;
  }

  /// Bytes in all files that were placed.
  long bytes() {
    return bytes;
  }

  /// Makes a directory, and those above it; it may be there.
  void directory(String path, Attributes attributes) throws IOException, InterruptedException {
    count(path);
    List<String> parts = parts(path);
    if (parts.isEmpty()) {
      give(root, attributes);
      return;
    }
    Path made = parent(parts, path).resolve(name(parts));
    if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
      TreeRemoval.removeAny(made);
      Files.createDirectory(made);
    }
    give(made, attributes);
  }

  /// Writes a file in place of whatever is there.
  void file(String path, InputStream content, Attributes attributes)
      throws IOException, InterruptedException {
    Path file = free(path);
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = PlacedTree.read(path, content, buffer);
          read >= 0;
          read = PlacedTree.read(path, content, buffer)) {
        bytes += read;
        if (bytes > bounds.bytes()) {
          throw new RefusedArchiveException(
              "it has more than " + bounds.bytes() + " bytes unpacked; use a smaller one");
        }
        out.write(buffer, 0, read);
      }
    }
    give(file, attributes);
    Files.setLastModifiedTime(file, attributes.modified());
  }

  /// Makes a symbolic link, wherever it leads.
  void link(String path, String target, Attributes attributes)
      throws IOException, InterruptedException {
    Path link = free(path);
    Files.createSymbolicLink(link, PlacedTree.relative(target));
    own(link, attributes);
  }

  /// Makes another name for what is in the tree already.
  void hardLink(String path, String target) throws IOException, InterruptedException {
    Path existing = paths.locate(String.join("/", parts(target)));
    if (!Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)
        && !Files.isSymbolicLink(existing)) {
      throw new RefusedArchiveException(
          Printable.quote(path)
              + ": is a hard link to "
              + Printable.quote(target)
              + ", which is no file before it");
    }
    if (!existing.equals(paths.locate(String.join("/", parts(path))))) {
      Path link = free(path);
      if (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
        throw new RefusedArchiveException(
            Printable.quote(path) + ": is a hard link to what it takes the place of");
      }
      Files.createLink(link, existing);
    }
  }

  /// Removes what lower layers have there.
  void without(String path) throws IOException, InterruptedException {
    count(path);
    List<String> parts = parts(path);
    if (!parts.isEmpty()) {
      TreeRemoval.removeAny(paths.locate(String.join("/", parts)));
    }
  }

  /// Removes what lower layers have in a directory.
  void emptied(String path) throws IOException, InterruptedException {
    count(path);
    Path directory = paths.resolve(String.join("/", parts(path)));
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path each : all) {
        TreeRemoval.removeAny(each);
      }
    }
  }

  /// Where a file or link can be made.
  private Path free(String path) throws IOException, InterruptedException {
    count(path);
    List<String> parts = parts(path);
    if (parts.isEmpty()) {
      throw new RefusedArchiveException(Printable.quote(path) + ": is no name for a file");
    }
    Path file = parent(parts, path).resolve(name(parts));
    TreeRemoval.removeAny(file);
    return file;
  }

  /// The real directory that holds something; made when it is missing.
  private Path parent(List<String> parts, String path) throws IOException {
    Path real = paths.resolve(String.join("/", parts.subList(0, parts.size() - 1)));
    Path at = root;
    for (Path part : root.relativize(real)) {
      at = at.resolve(part);
      if (part.toString().isEmpty() || Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try {
        Files.createDirectory(at);
        give(at, PARENT);
      } catch (FileAlreadyExistsException e) {
        throw new RefusedArchiveException(
            Printable.quote(path) + ": leads through " + part + ", which is no directory", e);
      }
    }
    return at;
  }

  private static Path name(List<String> parts) throws RefusedArchiveException {
    return PlacedTree.relative(parts.getLast());
  }

  /// An image's tools write paths of it with a slash before them or without.
  private static List<String> parts(String path) throws RefusedArchiveException {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") || part.indexOf('\0') >= 0) {
        throw new RefusedArchiveException(
            Printable.quote(path) + ": is no path in a root (it has \"..\" or a NUL character)");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        var _ = PlacedTree.relative(part);
        parts.add(part);
      }
    }
    return parts;
  }

  private void count(String path) throws RefusedArchiveException, InterruptedException {
    PlacedTree.stopIfInterrupted();
    entries++;
    if (entries > bounds.entries()) {
      throw new RefusedArchiveException(
          Printable.quote(path)
              + ": it has more than "
              + bounds.entries()
              + " entries; use a smaller one");
    }
  }

  private static void give(Path file, Attributes attributes) throws IOException {
    // In this order: the kernel takes set-user-id bits away when the owner changes.
    own(file, attributes);
    Files.setAttribute(file, "unix:mode", attributes.mode() & MODE_BITS, LinkOption.NOFOLLOW_LINKS);
  }

  private static void own(Path file, Attributes attributes) throws IOException {
    Files.setAttribute(file, "unix:gid", id(attributes.gid()), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(file, "unix:uid", id(attributes.uid()), LinkOption.NOFOLLOW_LINKS);
  }

  private static int id(long number) throws RefusedArchiveException {
    if (number < 0 || number > ID_MAX) {
      throw new RefusedArchiveException("user or group " + number + ": there is no such number");
    }
    return (int) number;
  }
}
