package dev.berth.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// Disks that lie in registries: Berth's own artifacts, [DiskArtifact], and images as KubeVirt's
/// users have them ("container disks"), with one file /disk/*.qcow2 or /disk/*.img in one of the
/// layers.
final class RegistryImages implements ImageSource {
  private final RegistryAccess access;
  private final String architecture;

  /// For the architecture of this host.
  RegistryImages(RegistryAccess access) {
    this(access, RegistryManifest.architecture());
  }

  /// @param architecture as registries call it: "amd64", "arm64"
  RegistryImages(RegistryAccess access, String architecture) {
    this.access = access;
    this.architecture = architecture;
  }

  @Override
  public Opened open(String text) throws IOException, InterruptedException {
    ImageReference reference = ImageReference.parse(text);
    RegistryClient registry = access.to(reference);
    RegistryManifest manifest = RegistryManifest.read(registry, reference, architecture);
    if (manifest.isDisk()) {
      return disk(registry, reference, manifest.layers());
    }
    // What a later layer holds covers what is below it.
    for (RegistryManifest.Layer layer : manifest.layers().reversed()) {
      InputStream content =
          registry.stream(reference.blob(RegistryManifest.PREFIX + layer.digest()));
      Optional<DiskLayer> disk =
          DiskLayer.find(new DigestedStream(content, layer.digest()), layer.isZipped());
      if (disk.isPresent()) {
        return new Opened(disk.get(), disk.get().bytes());
      }
    }
    throw new IOException(
        "it holds no disk: a file /disk/*.qcow2 or /disk/*.img is expected in one of its layers");
  }

  private static Opened disk(
      RegistryClient registry, ImageReference reference, List<RegistryManifest.Layer> layers)
      throws IOException, InterruptedException {
    if (layers.size() != 1) {
      throw new IOException(
          "it is a disk in %d layers (expected: one, the file)".formatted(layers.size()));
    }
    RegistryManifest.Layer layer = layers.getFirst();
    InputStream content = registry.stream(reference.blob(RegistryManifest.PREFIX + layer.digest()));
    return new Opened(new WholeLayer(new DigestedStream(content, layer.digest())), layer.bytes());
  }
}
