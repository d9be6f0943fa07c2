package dev.berth.agent.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.spec.VmImages;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Disks that lie in images of a registry, as KubeVirt's users have them ("container disks"): one
/// file /disk/*.qcow2 or /disk/*.img in one of the layers. Whatever comes is checked against the
/// digest by which it was asked for; the manifest of a tag is what the registry says it is.
public final class RegistryImages implements ImageSource {
  private static final String MANIFESTS =
      "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json,"
          + " application/vnd.docker.distribution.manifest.list.v2+json,"
          + " application/vnd.docker.distribution.manifest.v2+json";
  private static final String PREFIX = "sha256:";
  private static final int LAYERS_MAX = 128;

  private final ObjectMapper json = new ObjectMapper();
  private final String architecture;

  /// For the architecture of this host.
  public RegistryImages() {
    this(architecture(System.getProperty("os.arch", "")));
  }

  /// @param architecture as registries call it: "amd64", "arm64"
  RegistryImages(String architecture) {
    this.architecture = architecture;
  }

  private static String architecture(String java) {
    return java.equals("aarch64") ? "arm64" : java;
  }

  @Override
  public Opened open(String text) throws IOException, InterruptedException {
    ImageReference reference = ImageReference.parse(text);
    RegistryClient registry = new RegistryClient();
    List<Layer> layers = layers(registry, reference);
    // What a later layer holds covers what is below it.
    for (Layer layer : layers.reversed()) {
      InputStream content = registry.stream(reference.blob(PREFIX + layer.digest()));
      Optional<DiskLayer> disk =
          DiskLayer.find(new DigestedStream(content, layer.digest()), layer.isZipped());
      if (disk.isPresent()) {
        return new Opened(disk.get(), disk.get().bytes());
      }
    }
    throw new IOException(
        "it holds no disk: a file /disk/*.qcow2 or /disk/*.img is expected in one of its layers");
  }

  private record Layer(String digest, boolean isZipped) {}

  private List<Layer> layers(RegistryClient registry, ImageReference reference)
      throws IOException, InterruptedException {
    JsonNode manifest = manifest(registry, reference.manifest(reference.version()), reference);
    if (manifest.path("manifests").isArray()) {
      String digest = ours(manifest.path("manifests"));
      URI where = reference.manifest(PREFIX + digest);
      manifest = read(registry.document(where, MANIFESTS), digest);
    }
    List<Layer> layers = new ArrayList<>();
    for (JsonNode layer : manifest.path("layers")) {
      String type = layer.path("mediaType").asText();
      if (type.endsWith("zstd")) {
        throw new IOException("one of its layers is compressed by zstd, which is not read here");
      }
      layers.add(new Layer(digest(layer), type.endsWith("gzip")));
    }
    if (layers.isEmpty() || layers.size() > LAYERS_MAX) {
      throw new IOException(
          "its manifest names %d layers (expected: 1 to %d)".formatted(layers.size(), LAYERS_MAX));
    }
    return layers;
  }

  private JsonNode manifest(RegistryClient registry, URI where, ImageReference reference)
      throws IOException, InterruptedException {
    byte[] bytes = registry.document(where, MANIFESTS);
    return read(
        bytes,
        reference.isDigest() ? reference.version().substring(PREFIX.length()) : sha256(bytes));
  }

  private JsonNode read(byte[] bytes, String digest) throws IOException {
    if (!sha256(bytes).equals(digest)) {
      throw new IOException(
          "the registry sent a manifest with sha256 %s (expected: %s)"
              .formatted(sha256(bytes), digest));
    }
    return json.readTree(bytes);
  }

  /// The manifest for this host in an index of several.
  private String ours(JsonNode manifests) throws IOException {
    List<String> others = new ArrayList<>();
    for (JsonNode each : manifests) {
      String system = each.path("platform").path("os").asText();
      String its = each.path("platform").path("architecture").asText();
      if (system.equals("linux") && its.equals(architecture)) {
        return digest(each);
      }
      others.add(system + "/" + its);
    }
    throw new IOException(
        "it is not there for linux/" + architecture + "; it is for " + String.join(", ", others));
  }

  private static String digest(JsonNode descriptor) throws IOException {
    String text = descriptor.path("digest").asText();
    String digest = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
    if (VmImages.digestProblem(digest) != null) {
      throw new IOException("its manifest names something by no SHA-256");
    }
    return digest;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
