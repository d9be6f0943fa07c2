package dev.berth.agent.image;

import dev.berth.agent.disk.DiskException;
import dev.berth.spec.ImageRules;
import dev.berth.spec.VmImages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Images by their content: a file a digest, and names that point to digests. A file is moved to
/// its place when all of it is there and was checked, so that what is in its place is whole.
public final class ImageStore implements KeptImages {
  private final ImageFiles files;
  private final ImageSource urls;
  private final ImageSource registries;
  private final InstantSource clock;
  private final SingleFlight fetches = new SingleFlight();
  // What is in its place is used and removed one at a time.
  private final Object placed = new Object();

  private ImageStore(
      ImageFiles files, ImageSource urls, ImageSource registries, InstantSource clock) {
    this.files = files;
    this.urls = urls;
    this.registries = registries;
    this.clock = clock;
  }

  /// Opens a store, which need not be there yet, and removes what was not finished in it.
  ///
  /// @param urls fetches what is named by a URL
  /// @param clock the time of day
  /// @throws IOException when its directories cannot be made
  public static ImageStore open(Path root, ImageSource urls, InstantSource clock)
      throws IOException {
    return open(root, urls, ImageStore::unknown, clock);
  }

  /// The same for a store that also fetches what is named with a registry's host.
  ///
  /// @param registries fetches what is named so
  public static ImageStore open(
      Path root, ImageSource urls, ImageSource registries, InstantSource clock) throws IOException {
    ImageFiles files = ImageFiles.in(root);
    files.clean();
    return new ImageStore(files, urls, registries, clock);
  }

  private static ImageSource.Opened unknown(String reference) throws IOException {
    throw new IOException("nothing is fetched from registries here");
  }

  /// Opens a store that an agent may be using.
  public static ImageStore openBeside(Path root, ImageSource urls, InstantSource clock)
      throws IOException {
    return new ImageStore(ImageFiles.in(root), urls, ImageStore::unknown, clock);
  }

  /// Adds any file under a name.
  ///
  /// @param wanted digest that the file must have; empty: any
  public StoredImage add(String name, InputStream content, String wanted) throws ImageException {
    return add(name, content, Expected.of(wanted), (_, _) -> {});
  }

  /// Adds a file under a name; the name means it from now on.
  ///
  /// @throws ImageException when it is not what is expected, or cannot be stored
  public StoredImage add(
      String name, InputStream content, Expected expected, ImageProgress progress)
      throws ImageException {
    StoredImage stored = store(name, content, expected, progress);
    point(name, stored);
    return stored;
  }

  /// Adds what a source has under a name. What is here already is not fetched; several that want
  /// the same wait for one fetch.
  ///
  /// @param source fetches it
  /// @param where what the source calls it
  public StoredImage add(
      String name, ImageSource source, String where, Expected expected, ImageProgress progress)
      throws ImageException, InterruptedException {
    StoredImage stored = fetch(source, where, expected, progress);
    point(name, stored);
    return stored;
  }

  /// The image that a workload names: it is fetched when it is a URL, or a name with a registry's
  /// host, and not here yet.
  ///
  /// @param image a name of this store, which may be a reference to a registry, or an http or https
  ///     URL
  /// @param digest SHA-256 that it must have; empty: whatever the name means
  public StoredImage resolve(String image, String digest, ImageProgress progress)
      throws ImageException, InterruptedException {
    Optional<StoredImage> here =
        use(digest.isEmpty() ? files.digestOf(image) : Optional.of(digest));
    if (here.isPresent()) {
      return here.get();
    }
    if (VmImages.isUrl(image)) {
      return fetch(urls, image, Expected.of(digest), progress);
    }
    if (ImageRules.referenceProblem(image) == null) {
      return add(image, registries, image, Expected.of(digest), progress);
    }
    throw missing(image, digest);
  }

  /// Adds what a source has, without a name. What is here already is not fetched; several that want
  /// the same wait for one fetch.
  ///
  /// @param source fetches it
  /// @param where what the source calls it
  public StoredImage fetch(
      ImageSource source, String where, Expected expected, ImageProgress progress)
      throws ImageException, InterruptedException {
    String key = expected.digest().isEmpty() ? where : expected.digest();
    StoredImage stored =
        fetches.join(
            key,
            () -> {
              Optional<StoredImage> here = use(Optional.of(expected.digest()));
              return here.isPresent() ? here.get() : fetched(source, where, expected, progress);
            });
    // Whoever fetched it may have asked for less.
    check(where, stored.file(), expected);
    return stored;
  }

  private StoredImage fetched(
      ImageSource source, String where, Expected expected, ImageProgress progress)
      throws ImageException, InterruptedException {
    try (ImageSource.Opened opened = source.open(where)) {
      return store(where, opened.content(), expected.withBytes(opened.bytes()), progress);
    } catch (IOException e) {
      throw unfetched(where, e, e);
    }
  }

  private static ImageException unfetched(String where, IOException e, @Nullable Throwable why) {
    String message = where + ": cannot be fetched: " + e.getMessage();
    return why instanceof RefusedSourceException
        ? ImageException.lasting("ImagePullFailed", message, e)
        : ImageException.passing("ImagePullFailed", message, e);
  }

  /// All images, in the order of their digests.
  @Override
  public List<ListedImage> list() throws IOException {
    Map<String, NavigableSet<String>> names = files.names();
    List<ListedImage> listed = new ArrayList<>();
    for (StoredImage image : files.blobs()) {
      try {
        listed.add(
            new ListedImage(
                image,
                names.getOrDefault(image.digest(), new TreeSet<>()),
                Files.size(image.file()),
                ImageFiles.lastUse(image)));
      } catch (NoSuchFileException _) {
        // It was removed meanwhile.
      }
    }
    return listed;
  }

  @Override
  public void touch(ListedImage image) throws IOException {
    ImageFiles.used(image.image(), clock.instant());
  }

  /// Removes an image with its names, unless it was used since it was listed.
  @Override
  public boolean remove(ListedImage image) throws IOException {
    synchronized (placed) {
      if (!ImageFiles.lastUse(image.image()).equals(image.lastUse())) {
        return false;
      }
      for (String name : image.names()) {
        if (files.digestOf(name).equals(Optional.of(image.image().digest()))) {
          files.forget(name);
        }
      }
      files.delete(image.image());
      return true;
    }
  }

  @Override
  public Path root() {
    return files.root();
  }

  private Optional<StoredImage> use(Optional<String> digest) {
    synchronized (placed) {
      Optional<StoredImage> here = digest.flatMap(files::blob);
      if (here.isPresent()) {
        try {
          ImageFiles.used(here.get(), clock.instant());
        } catch (IOException _) {
          // It is removed sooner, which is no harm: it can be fetched again.
        }
      }
      return here;
    }
  }

  private ImageException missing(String image, String digest) {
    if (digest.isEmpty()) {
      return ImageException.lasting(
          "ImageMissing",
          image
              + ": this node's image store has no image of that name; import it"
              + " (berth image import --vm --name "
              + image
              + " FILE), or name it by its URL",
          null);
    }
    String have =
        files
            .digestOf(image)
            .map(other -> "it has another one by that name, sha256 " + other)
            .orElse("it has none by that name either");
    return ImageException.lasting(
        "ImageMissing",
        image
            + ": this node's image store has no image with sha256 "
            + digest
            + " ("
            + have
            + "); import it (berth image import --vm), or correct the digest",
        null);
  }

  private StoredImage store(
      String name, InputStream content, Expected expected, ImageProgress progress)
      throws ImageException {
    Path partial;
    try {
      requireRoom(name, expected.bytes());
      partial = files.partial();
    } catch (IOException e) {
      throw failed(name, e);
    }
    try {
      String digest = Sha256Copy.copy(content, partial, expected.bytes(), progress);
      if (!expected.digest().isEmpty() && !digest.equals(expected.digest())) {
        throw ImageException.lasting(
            "ImageDigestMismatch",
            name
                + ": sha256: "
                + digest
                + " (expected: "
                + expected.digest()
                + "); it was changed, or the digest is wrong: nothing was stored",
            null);
      }
      check(name, partial, expected);
      synchronized (placed) {
        StoredImage stored = files.place(partial, digest);
        ImageFiles.used(stored, clock.instant());
        return stored;
      }
    } catch (Sha256Copy.SourceException e) {
      throw unfetched(name, e, e.getCause());
    } catch (IOException e) {
      throw failed(name, e);
    } finally {
      try {
        Files.deleteIfExists(partial);
      } catch (IOException _) {
        // It goes at the next start.
      }
    }
  }

  private void requireRoom(String name, long bytes) throws IOException, ImageException {
    long room = Files.getFileStore(files.root()).getUsableSpace();
    if (bytes > room) {
      throw ImageException.passing(
          "ImageStoreFull",
          "%s: it has %d bytes, and the file system of %s has room for %d: remove images that are"
                  .formatted(name, bytes, files.root(), room)
              + " not needed (berth image rm), or make it larger",
          null);
    }
  }

  private static void check(String name, Path file, Expected expected) throws ImageException {
    try {
      expected.check().check(file);
    } catch (DiskException e) {
      // The file is called after a digest, or after nothing: of no use to people.
      Throwable plain = e.getCause() instanceof DiskException cause ? cause : e;
      throw ImageException.lasting(
          "ImageRefused", name + ": " + plain.getMessage() + "; nothing was imported", e);
    } catch (IOException e) {
      throw ImageException.passing(
          "ImageStoreFailed", name + ": cannot be read again: " + e.getMessage(), e);
    }
  }

  private void point(String name, StoredImage image) throws ImageException {
    try {
      synchronized (placed) {
        if (files.blob(image.digest()).isEmpty()) {
          throw new IOException("it was removed meanwhile; import it again");
        }
        files.point(name, image.digest());
      }
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  private ImageException failed(String name, IOException e) {
    String what = e instanceof NoSuchFileException ? "no such file: " : "";
    return ImageException.passing(
        "ImageStoreFailed",
        name + ": cannot be stored in " + files.root() + ": " + what + e.getMessage(),
        e);
  }
}
