package dev.berth.agent.image;

import dev.berth.spec.VmImages;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/// Images by their content: a file a digest, and names that point to digests. A file is moved to
/// its place when all of it is there and was checked, so that what is in its place is whole.
///
/// ```
/// <root>/blobs/<sha256>   the content
/// <root>/names/<name>     the digest that a name means
/// <root>/partial/         what is being fetched; emptied at the start
/// ```
public final class ImageStore {
  // The hypervisor may run as a user of its own: it may read images by their names, and list none.
  private static final String PASSABLE = "rwx--x--x";
  private static final String READABLE = "rw-r--r--";

  private final Path root;
  private final ImageSource source;
  private final ConcurrentMap<String, ReentrantLock> fetches = new ConcurrentHashMap<>();

  private ImageStore(Path root, ImageSource source) {
    this.root = root;
    this.source = source;
  }

  /// Opens a store, which need not be there yet.
  ///
  /// @param source fetches what is named by a URL
  /// @throws IOException when its directories cannot be made
  public static ImageStore open(Path root, ImageSource source) throws IOException {
    for (String name : new String[] {"blobs", "names", "partial"}) {
      Files.createDirectories(root.resolve(name));
      Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString(PASSABLE));
    }
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString(PASSABLE));
    try (var left = Files.newDirectoryStream(root.resolve("partial"))) {
      for (Path each : left) {
        Files.deleteIfExists(each);
      }
    }
    return new ImageStore(root, source);
  }

  /// Adds a file under a name; the name means it from now on.
  ///
  /// @param wanted digest that the file must have; empty: any
  /// @throws ImageException when it has another, or cannot be stored
  public StoredImage add(String name, InputStream content, String wanted) throws ImageException {
    StoredImage stored = store(name, content, wanted, 0, (_, _) -> {});
    point(name, stored.digest());
    return stored;
  }

  /// The image that a workload names: it is fetched when it is a URL and not here yet. Several
  /// that want the same wait for one fetch.
  ///
  /// @param image a name of this store, or an http or https URL
  /// @param digest SHA-256 that it must have; empty: whatever the name means
  public StoredImage resolve(String image, String digest, ImageProgress progress)
      throws ImageException, InterruptedException {
    Optional<StoredImage> here = digest.isEmpty() ? named(image) : blob(digest);
    if (here.isPresent()) {
      return here.get();
    }
    if (!VmImages.isUrl(image)) {
      throw missing(image, digest);
    }
    ReentrantLock one = fetches.computeIfAbsent(digest, _ -> new ReentrantLock());
    one.lockInterruptibly();
    try {
      Optional<StoredImage> meanwhile = blob(digest);
      return meanwhile.isPresent() ? meanwhile.get() : fetch(image, digest, progress);
    } finally {
      one.unlock();
      fetches.remove(digest, one);
    }
  }

  private StoredImage fetch(String url, String digest, ImageProgress progress)
      throws ImageException, InterruptedException {
    try (ImageSource.Opened opened = source.open(url)) {
      return store(url, opened.content(), digest, opened.bytes(), progress);
    } catch (IOException e) {
      throw ImageException.passing(
          "ImagePullFailed", url + ": cannot be fetched: " + e.getMessage(), e);
    }
  }

  private ImageException missing(String image, String digest) {
    if (digest.isEmpty()) {
      return ImageException.lasting(
          "ImageMissing",
          image
              + ": this node's image store has no image of that name; import it there"
              + " (berth-agent import-image --name="
              + image
              + " --file=…), or name it by its URL",
          null);
    }
    String have =
        digestOf(image)
            .map(other -> "it has another one by that name, sha256 " + other)
            .orElse("it has none by that name either");
    return ImageException.lasting(
        "ImageMissing",
        image
            + ": this node's image store has no image with sha256 "
            + digest
            + " ("
            + have
            + "); import it there, or correct the digest",
        null);
  }

  private Optional<StoredImage> named(String name) {
    return digestOf(name).flatMap(this::blob);
  }

  private Optional<String> digestOf(String name) {
    try {
      String digest = Files.readString(names(name)).strip();
      return VmImages.digestProblem(digest) == null ? Optional.of(digest) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Optional<StoredImage> blob(String digest) {
    Path file = root.resolve("blobs").resolve(digest);
    return Files.isRegularFile(file)
        ? Optional.of(new StoredImage(digest, file))
        : Optional.empty();
  }

  private Path names(String name) {
    return root.resolve("names").resolve(URLEncoder.encode(name, StandardCharsets.UTF_8));
  }

  private StoredImage store(
      String name, InputStream content, String wanted, long bytes, ImageProgress progress)
      throws ImageException {
    Path partial;
    try {
      partial = Files.createTempFile(root.resolve("partial"), "image", "");
    } catch (IOException e) {
      throw full(name, e);
    }
    try {
      String digest = Sha256Copy.copy(content, partial, bytes, progress);
      if (!wanted.isEmpty() && !digest.equals(wanted)) {
        throw ImageException.lasting(
            "ImageDigestMismatch",
            name
                + ": sha256: "
                + digest
                + " (expected: "
                + wanted
                + "); the image was changed, or the digest is wrong: nothing was stored",
            null);
      }
      Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString(READABLE));
      Path blob = root.resolve("blobs").resolve(digest);
      move(partial, blob);
      return new StoredImage(digest, blob);
    } catch (IOException e) {
      throw full(name, e);
    } finally {
      try {
        Files.deleteIfExists(partial);
      } catch (IOException _) {
        // It goes at the next start.
      }
    }
  }

  private void point(String name, String digest) throws ImageException {
    try {
      Path fresh = Files.createTempFile(root.resolve("partial"), "name", "");
      Files.writeString(fresh, digest + "\n");
      move(fresh, names(name));
    } catch (IOException e) {
      throw full(name, e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the image store must be one file system", e);
    }
  }

  private ImageException full(String name, IOException e) {
    String what = e instanceof NoSuchFileException ? "no such file: " : "";
    return ImageException.passing(
        "ImageStoreFailed",
        name + ": cannot be stored in " + root + ": " + what + e.getMessage(),
        e);
  }
}
