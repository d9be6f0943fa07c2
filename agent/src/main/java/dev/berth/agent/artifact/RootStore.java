package dev.berth.agent.artifact;

import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.ImageProgress;
import dev.berth.agent.image.ImageSweeper;
import dev.berth.agent.image.ImageUses;
import dev.berth.agent.image.KeptImages;
import dev.berth.agent.image.ListedImage;
import dev.berth.agent.image.LiveSource;
import dev.berth.agent.image.RefusedSourceException;
import dev.berth.agent.image.RegistryLayers;
import dev.berth.agent.image.SingleFlight;
import dev.berth.agent.image.StoredImage;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.spec.VmImages;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The unpacked images of containers that a node has, as root file systems of processes: a
/// directory for each manifest's digest, in its place when all of it was checked and unpacked.
/// Nobody writes to it.
public final class RootStore implements KeptImages {
  private static final String FRESH = ".new-";
  private static final String FILES = "files";
  private static final String SIZE = "bytes";
  private static final String DIGEST = "@sha256:";

  private final Path root;
  private final ArtifactStore layers;
  private final RegistryLayers registry = new RegistryLayers();
  private final ArtifactSource source;
  private final AgentClock clock;
  private final SingleFlight unpackings = new SingleFlight();
  // What is in its place is used and removed one at a time.
  private final Object placed = new Object();

  private RootStore(Path root, ArtifactStore layers, AgentClock clock, Threads threads) {
    this.root = root;
    this.layers = layers;
    this.clock = clock;
    this.source =
        new ArtifactSource(new LiveSource(registry, clock, threads), ArtifactStore.BYTES_MAX);
  }

  /// Opens a store, which need not be there yet, and removes what was not finished in it.
  ///
  /// @param root for its files alone
  /// @param layers where what is fetched is kept
  /// @throws IOException when its directory cannot be made
  public static RootStore open(Path root, ArtifactStore layers, AgentClock clock, Threads threads)
      throws IOException {
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(root, FRESH + "*")) {
      for (Path each : unfinished) {
        TreeRemoval.remove(each);
      }
    }
    return new RootStore(root, layers, clock, threads);
  }

  /// The files of an image. It is fetched and unpacked unless it is here; several that want it
  /// wait for one.
  ///
  /// @param reference with the registry's host; a tag is looked up in the registry each time
  /// @return the digest of the manifest, and the root's directory
  /// @throws ImageException when it cannot be had, or may not be unpacked
  public StoredImage fetch(String reference, ImageProgress progress)
      throws ImageException, InterruptedException {
    int at = reference.indexOf(DIGEST);
    Optional<StoredImage> known =
        at < 0 ? Optional.empty() : use(reference.substring(at + DIGEST.length()));
    if (known.isPresent()) {
      return known.get();
    }
    try {
      RegistryLayers.Image image = registry.find(reference);
      return unpackings.join(
          image.digest(),
          () -> {
            Optional<StoredImage> here = use(image.digest());
            return here.isPresent() ? here.get() : unpacked(reference, image, progress);
          });
    } catch (IOException e) {
      String message = reference + ": cannot be fetched: " + e.getMessage();
      throw e instanceof RefusedSourceException
          ? ImageException.lasting("ImagePullFailed", message, e)
          : ImageException.passing("ImagePullFailed", message, e);
    }
  }

  private StoredImage unpacked(String reference, RegistryLayers.Image image, ImageProgress progress)
      throws ImageException, InterruptedException {
    List<Path> archives = new ArrayList<>();
    for (RegistryLayers.Layer layer : image.layers()) {
      archives.add(layers.fetch(source, layer.where(), layer.digest(), progress));
    }
    Path fresh = root.resolve(FRESH + image.digest());
    try {
      TreeRemoval.remove(fresh);
      Path files = Files.createDirectories(fresh.resolve(FILES));
      LayerTree tree = new LayerTree(files, PlacedTree.Bounds.ROOT);
      Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (int i = 0; i < archives.size(); i++) {
        new LayerUnpacking(tree).add(archives.get(i), image.layers().get(i).isZipped());
      }
      Files.writeString(fresh.resolve(SIZE), Long.toString(tree.bytes()));
      synchronized (placed) {
        Files.move(fresh, root.resolve(image.digest()), StandardCopyOption.ATOMIC_MOVE);
        return use(image.digest()).orElseThrow(() -> new IOException("it went away"));
      }
    } catch (RefusedArchiveException e) {
      throw ImageException.lasting("ImageRefused", reference + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw ImageException.passing(
          "ImageStoreFailed", reference + ": cannot be unpacked: " + e.getMessage(), e);
    } finally {
      discard(fresh);
    }
  }

  private static void discard(Path fresh) {
    try {
      TreeRemoval.remove(fresh);
    } catch (IOException _) {
      // It goes at the next start.
    }
  }

  private Optional<StoredImage> use(String digest) {
    synchronized (placed) {
      if (VmImages.digestProblem(digest) != null || !Files.isDirectory(root.resolve(digest))) {
        return Optional.empty();
      }
      StoredImage here = new StoredImage(digest, root.resolve(digest).resolve(FILES));
      try {
        touch(root.resolve(digest));
      } catch (IOException _) {
        // It is removed sooner, which is no harm while no instance has it yet.
      }
      return Optional.of(here);
    }
  }

  private void touch(Path directory) throws IOException {
    Files.setLastModifiedTime(directory, FileTime.from(clock.wall()));
  }

  /// The digest of what a directory is of this store; empty: it is none.
  public static Optional<String> digestOf(Path files) {
    Path directory = files.getParent();
    String name = directory == null ? "" : String.valueOf(directory.getFileName());
    return VmImages.digestProblem(name) == null ? Optional.of(name) : Optional.empty();
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public List<ListedImage> list() throws IOException {
    List<ListedImage> listed = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root, "[0-9a-f]*")) {
      for (Path each : all) {
        try {
          listed.add(
              new ListedImage(
                  new StoredImage(String.valueOf(each.getFileName()), each.resolve(FILES)),
                  new TreeSet<>(),
                  Long.parseLong(Files.readString(each.resolve(SIZE))),
                  Files.getLastModifiedTime(each).toInstant()));
        } catch (NoSuchFileException _) {
          // It was removed meanwhile.
        }
      }
    }
    return listed;
  }

  @Override
  public void touch(ListedImage image) throws IOException {
    touch(root.resolve(image.image().digest()));
  }

  @Override
  public boolean remove(ListedImage image) throws IOException {
    Path directory = root.resolve(image.image().digest());
    Path leaving = root.resolve(FRESH + "removed-" + image.image().digest());
    synchronized (placed) {
      if (!Files.getLastModifiedTime(directory).toInstant().equals(image.lastUse())) {
        return false;
      }
      Files.move(directory, leaving, StandardCopyOption.ATOMIC_MOVE);
    }
    TreeRemoval.remove(leaving);
    return true;
  }

  ImageSweeper sweeper(ImageUses uses, Duration unused, AgentClock clock) {
    return new ImageSweeper(this, uses, unused, clock);
  }
}
