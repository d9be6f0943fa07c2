package dev.berth.agent.image;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;

/// Disks in registries, over the OCI distribution API.
///
/// @param trust which registries' certificates are good
public record RegistryDisks(RegistryTrust trust, AgentClock clock, Threads threads)
    implements DiskRegistries {
  @Override
  public ImageSource as(Optional<RegistryLogin> login) {
    return new LiveSource(new RegistryImages(new RegistryAccess(trust, login)), clock, threads);
  }

  @Override
  public Optional<String> digest(String reference, Optional<RegistryLogin> login)
      throws IOException, InterruptedException {
    ImageReference where = ImageReference.parse(reference);
    RegistryManifest manifest =
        RegistryManifest.read(
            new RegistryAccess(trust, login).to(where), where, RegistryManifest.architecture());
    return manifest.isDisk() && manifest.layers().size() == 1
        ? Optional.of(manifest.layers().getFirst().digest())
        : Optional.empty();
  }

  @Override
  public String push(
      String reference,
      StoredImage image,
      String format,
      Optional<RegistryLogin> login,
      ImageProgress progress)
      throws IOException, InterruptedException {
    ImageReference where = ImageReference.parse(reference);
    if (where.isDigest()) {
      throw new IOException("a digest is given by what is pushed (expected: a name and a tag)");
    }
    RegistryClient registry = new RegistryAccess(trust, login).to(where);
    BlobUpload upload = new BlobUpload(registry, where);
    long bytes = Files.size(image.file());
    upload.run(
        DiskArtifact.CONFIG_DIGEST,
        BlobUpload.of(DiskArtifact.CONFIG.getBytes(StandardCharsets.UTF_8)),
        (_, _) -> {});
    upload.run(image.digest(), BlobUpload.of(image.file(), bytes), progress);
    byte[] manifest = DiskArtifact.manifest(image.digest(), bytes, format);
    URI named = where.manifest(where.version());
    registry.put(named, DiskArtifact.MANIFEST, manifest);
    return RegistryManifest.sha256(manifest);
  }
}
