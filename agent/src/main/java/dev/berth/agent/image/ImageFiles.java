package dev.berth.agent.image;

import dev.berth.spec.VmImages;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where the files of a store are.
///
/// ```
/// <root>/blobs/<sha256>   the content; its time is that of its last use
/// <root>/names/<name>     the digest that a name means
/// <root>/partial/         what is being fetched; emptied at the start
/// ```
final class ImageFiles {
  // The hypervisor may run as a user of its own: it may read images by their names, and list none.
  private static final String PASSABLE = "rwx--x--x";
  private static final String READABLE = "rw-r--r--";

  private final Path root;

  private ImageFiles(Path root) {
    this.root = root;
  }

  /// Makes the directories that are missing.
  static ImageFiles in(Path root) throws IOException {
    for (String name : new String[] {"blobs", "names", "partial"}) {
      Files.createDirectories(root.resolve(name));
      Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString(PASSABLE));
    }
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString(PASSABLE));
    return new ImageFiles(root);
  }

  Path root() {
    return root;
  }

  /// Removes what was not finished.
  void clean() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(root.resolve("partial"))) {
      for (Path each : left) {
        Files.deleteIfExists(each);
      }
    }
  }

  Optional<StoredImage> blob(String digest) {
    if (VmImages.digestProblem(digest) != null) {
      return Optional.empty();
    }
    Path file = root.resolve("blobs").resolve(digest);
    return Files.isRegularFile(file)
        ? Optional.of(new StoredImage(digest, file))
        : Optional.empty();
  }

  /// All that are there, in the order of their digests.
  List<StoredImage> blobs() throws IOException {
    NavigableSet<String> digests = new TreeSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root.resolve("blobs"))) {
      for (Path each : all) {
        digests.add(String.valueOf(each.getFileName()));
      }
    }
    List<StoredImage> found = new ArrayList<>();
    digests.forEach(digest -> blob(digest).ifPresent(found::add));
    return found;
  }

  Optional<String> digestOf(String name) {
    try {
      String digest = Files.readString(nameFile(name)).strip();
      return VmImages.digestProblem(digest) == null ? Optional.of(digest) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// The names of each digest.
  Map<String, NavigableSet<String>> names() throws IOException {
    Map<String, NavigableSet<String>> names = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root.resolve("names"))) {
      for (Path each : all) {
        String name = URLDecoder.decode(String.valueOf(each.getFileName()), StandardCharsets.UTF_8);
        digestOf(name)
            .ifPresent(digest -> names.computeIfAbsent(digest, _ -> new TreeSet<>()).add(name));
      }
    }
    return names;
  }

  /// A new file for what is not whole yet.
  Path partial() throws IOException {
    return Files.createTempFile(root.resolve("partial"), "image", "");
  }

  /// Puts a whole file in its place.
  StoredImage place(Path partial, String digest) throws IOException {
    Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString(READABLE));
    Path blob = root.resolve("blobs").resolve(digest);
    move(partial, blob);
    return new StoredImage(digest, blob);
  }

  /// Makes a name mean a digest.
  void point(String name, String digest) throws IOException {
    Path fresh = Files.createTempFile(root.resolve("partial"), "name", "");
    try {
      Files.writeString(fresh, digest + "\n");
      move(fresh, nameFile(name));
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /// Removes a name, if it is there.
  void forget(String name) throws IOException {
    Files.deleteIfExists(nameFile(name));
  }

  /// Removes an image's content, if it is there.
  void delete(StoredImage image) throws IOException {
    Files.deleteIfExists(image.file());
  }

  static Instant lastUse(StoredImage image) throws IOException {
    return Files.getLastModifiedTime(image.file()).toInstant();
  }

  static void used(StoredImage image, Instant when) throws IOException {
    try {
      Files.setLastModifiedTime(image.file(), FileTime.from(when));
    } catch (NoSuchFileException _) {
      // It was removed meanwhile.
    }
  }

  private Path nameFile(String name) {
    return root.resolve("names").resolve(URLEncoder.encode(name, StandardCharsets.UTF_8));
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the image store must be one file system", e);
    }
  }
}
