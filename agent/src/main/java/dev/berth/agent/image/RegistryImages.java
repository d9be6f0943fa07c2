package dev.berth.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Disks that lie in images of a registry, as KubeVirt's users have them ("container disks"): one
/// file /disk/*.qcow2 or /disk/*.img in one of the layers.
public final class RegistryImages implements ImageSource {
  private final String architecture;

  /// For the architecture of this host.
  public RegistryImages() {
    this(RegistryManifest.architecture());
  }

  /// @param architecture as registries call it: "amd64", "arm64"
  RegistryImages(String architecture) {
    this.architecture = architecture;
  }

  @Override
  public Opened open(String text) throws IOException, InterruptedException {
    ImageReference reference = ImageReference.parse(text);
    RegistryClient registry = new RegistryClient();
    RegistryManifest manifest = RegistryManifest.read(registry, reference, architecture);
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
}
