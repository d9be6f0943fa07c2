package dev.berth.agent.image;

import com.google.protobuf.Timestamp;
import dev.berth.agent.disk.DiskException;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Violation;
import dev.berth.v1.ContainerImage;
import dev.berth.v1.Image;
import dev.berth.v1.ImageImportSpec;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// The node's images, as the API speaks of them.
public final class NodeImages {
  private static final int SHOWN_MAX = 100;

  private final ImageStore store;
  private final ImageSource urls;
  private final DiskRegistries registries;
  private final ImageUses uses;

  /// @param urls fetches what is named by a URL
  /// @param registries have what is named by a reference
  /// @param uses which images machines need
  public NodeImages(ImageStore store, ImageSource urls, DiskRegistries registries, ImageUses uses) {
    this.store = store;
    this.urls = urls;
    this.registries = registries;
    this.uses = uses;
  }

  /// All images, by name; those without one at the end.
  public List<Image> list() throws ImageException {
    try {
      Map<String, NavigableSet<String>> needed = uses.byDigest();
      List<ListedImage> images = new ArrayList<>(store.list());
      images.sort(
          Comparator.comparing((ListedImage each) -> each.names().isEmpty())
              .thenComparing(each -> each.names().isEmpty() ? "" : each.names().first()));
      return images.stream().map(each -> message(each, needed).build()).toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// One image, with what is in it.
  ///
  /// @param image a name, or the beginning of a digest
  /// @throws ImageException "ImageMissing" when there is none, or several
  public Image inspect(String image) throws ImageException {
    try {
      return inspected(find(image));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Removes an image with all its names.
  ///
  /// @return the image that it was
  /// @throws ImageException "ImageInUse" when a machine needs it
  public Image remove(String image) throws ImageException {
    try {
      ListedImage found = find(image);
      Map<String, NavigableSet<String>> needed = uses.byDigest();
      NavigableSet<String> users = needed.getOrDefault(found.image().digest(), new TreeSet<>());
      if (!users.isEmpty()) {
        throw inUse(image, users.size(), users.first());
      }
      if (!store.remove(found)) {
        throw ImageException.passing(
            "ImageInUse", image + ": a machine was just made from it; look again", null);
      }
      return message(found, needed).build();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Imports a disk image.
  ///
  /// @param content its bytes, when the specification says that they follow
  public Image add(ImageImportSpec spec, InputStream content, ImageProgress progress)
      throws ImageException, InterruptedException {
    List<Violation> wrong = ImageRules.validate(spec);
    if (!wrong.isEmpty()) {
      throw ImageException.lasting("ImageRefused", wrong.getFirst().toString(), null);
    }
    Expected expected = new Expected(spec.getSha256(), spec.getContentBytes(), ImageCheck.DISK);
    String name = spec.getName();
    StoredImage stored =
        switch (spec.getSourceCase()) {
          case CONTENT_BYTES -> store.add(name, content, expected, progress);
          case URL -> store.add(name, urls, spec.getUrl(), expected, progress);
          case REFERENCE ->
              store.add(
                  name, registries.as(Optional.empty()), spec.getReference(), expected, progress);
          case SOURCE_NOT_SET -> throw new IllegalStateException("validated above");
        };
    try {
      return inspected(find(stored.digest()));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Fetches a disk from its registry; the reference is its name from then on. A disk that is here
  /// already is not fetched again, when the registry says what it is.
  ///
  /// @param login who one is to the registry; empty: nobody in particular
  public Image pull(String reference, Optional<RegistryLogin> login, ImageProgress progress)
      throws ImageException, InterruptedException {
    requireHost(reference);
    String digest;
    try {
      digest = registries.digest(reference, login).orElse("");
    } catch (IOException e) {
      throw ImageException.passing(
          "ImagePullFailed", reference + ": cannot be fetched: " + e.getMessage(), e);
    }
    StoredImage stored =
        store.add(
            reference,
            registries.as(login),
            reference,
            new Expected(digest, 0, ImageCheck.DISK),
            progress);
    return inspect(stored.digest());
  }

  /// Brings a disk to the registry that its name says.
  ///
  /// @param login as for [#pull]
  /// @return the disk, with the digest under which the registry has it
  public Image push(String reference, Optional<RegistryLogin> login, ImageProgress progress)
      throws ImageException, InterruptedException {
    requireHost(reference);
    Image image = inspect(reference);
    if (!image.hasDisk()) {
      throw ImageException.lasting("ImageRefused", reference + ": " + image.getDiskProblem(), null);
    }
    try {
      String digest =
          registries.push(
              reference, find(reference).image(), image.getDisk().getFormat(), login, progress);
      String tag = ":" + ImageReference.parse(reference).version();
      String named =
          reference.endsWith(tag)
              ? reference.substring(0, reference.length() - tag.length())
              : reference;
      return image.toBuilder()
          .setContainer(
              ContainerImage.newBuilder()
                  .addDigests(named + "@" + RegistryManifest.PREFIX + digest))
          .build();
    } catch (IOException e) {
      throw ImageException.passing(
          "ImagePushFailed", reference + ": cannot be pushed: " + e.getMessage(), e);
    }
  }

  private static void requireHost(String reference) throws ImageException {
    String problem = ImageRules.referenceProblem(reference);
    if (problem != null) {
      throw ImageException.lasting("ImageRefused", problem, null);
    }
  }

  private ListedImage find(String image) throws ImageException, IOException {
    List<ListedImage> all = store.list();
    for (ListedImage each : all) {
      if (each.names().contains(image)) {
        return each;
      }
    }
    List<ListedImage> fitting =
        ImageRules.isDigestPrefix(image)
            ? all.stream().filter(each -> each.image().digest().startsWith(image)).toList()
            : List.of();
    if (fitting.size() > 1) {
      throw ImageException.lasting(
          "ImageMissing",
          image + ": the digests of several images begin with it; give more digits",
          null);
    }
    if (fitting.isEmpty()) {
      throw ImageException.lasting(
          "ImageMissing",
          image + ": this node has no such image; 'berth image ls' lists those there are",
          null);
    }
    return fitting.getFirst();
  }

  private Image inspected(ListedImage found) throws IOException {
    Image.Builder message = message(found, uses.byDigest());
    try {
      message.setDisk(DiskMessage.of(found.image().file()));
    } catch (DiskException e) {
      Throwable plain = e.getCause() instanceof DiskException cause ? cause : e;
      message.setDiskProblem(String.valueOf(plain.getMessage()));
    }
    return message.build();
  }

  private static Image.Builder message(
      ListedImage image, Map<String, NavigableSet<String>> needed) {
    return Image.newBuilder()
        .setSha256(image.image().digest())
        .addAllNames(image.names().stream().limit(SHOWN_MAX).toList())
        .setSizeBytes(image.bytes())
        .setLastUseTime(timestamp(image.lastUse()))
        .addAllUsedBy(
            needed.getOrDefault(image.image().digest(), new TreeSet<>()).stream()
                .limit(SHOWN_MAX)
                .toList());
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private static ImageException inUse(String image, int users, String first) {
    return ImageException.lasting(
        "ImageInUse",
        "%s: %d %s it, instance %s among them; remove what runs from it first"
            .formatted(image, users, users == 1 ? "machine needs" : "machines need", first),
        null);
  }

  private ImageException unreadable(IOException e) {
    return ImageException.passing(
        "ImageStoreFailed",
        "the image store in " + store.root() + " cannot be read: " + e.getMessage(),
        e);
  }
}
