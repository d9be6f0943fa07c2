package dev.berth.agent.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.spec.VmImages;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What an image of a registry consists of. Whatever comes is checked against the digest by which
/// it was asked for; the manifest of a tag is what the registry says it is.
///
/// @param digest SHA-256 of the manifest for this host, 64 lower-case hexadecimal digits
/// @param isDisk whether it is an artifact whose layer is a disk, [DiskArtifact]
/// @param layers from the lowest to the one that covers the others
record RegistryManifest(String digest, boolean isDisk, List<Layer> layers) {
  static final String PREFIX = "sha256:";

  private static final String MANIFESTS =
      "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json,"
          + " application/vnd.docker.distribution.manifest.list.v2+json,"
          + " application/vnd.docker.distribution.manifest.v2+json";
  private static final int LAYERS_MAX = 128;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// A layer.
  ///
  /// @param digest SHA-256, 64 lower-case hexadecimal digits
  /// @param bytes its length, as it is sent
  /// @param isZipped whether it is compressed by gzip
  record Layer(String digest, long bytes, boolean isZipped) {}

  /// The architecture of this host, as registries call it.
  static String architecture() {
    String java = System.getProperty("os.arch", "");
    return java.equals("aarch64") ? "arm64" : java;
  }

  /// Asks for it.
  ///
  /// @param architecture as registries call it: "amd64", "arm64"
  static RegistryManifest read(
      RegistryClient registry, ImageReference reference, String architecture)
      throws IOException, InterruptedException {
    byte[] bytes = registry.document(reference.manifest(reference.version()), MANIFESTS);
    String digest =
        reference.isDigest() ? reference.version().substring(PREFIX.length()) : sha256(bytes);
    JsonNode manifest = checked(bytes, digest);
    if (manifest.path("manifests").isArray()) {
      digest = forHost(manifest.path("manifests"), architecture);
      URI where = reference.manifest(PREFIX + digest);
      manifest = checked(registry.document(where, MANIFESTS), digest);
    }
    return new RegistryManifest(digest, DiskArtifact.is(manifest), layers(manifest));
  }

  private static List<Layer> layers(JsonNode manifest) throws IOException {
    List<Layer> layers = new ArrayList<>();
    for (JsonNode layer : manifest.path("layers")) {
      String type = layer.path("mediaType").asText();
      if (type.endsWith("zstd")) {
        throw new IOException("one of its layers is compressed by zstd, which is not read here");
      }
      layers.add(
          new Layer(
              digest(layer), Math.max(0, layer.path("size").asLong()), type.endsWith("gzip")));
    }
    if (layers.isEmpty() || layers.size() > LAYERS_MAX) {
      throw new IOException(
          "its manifest names %d layers (expected: 1 to %d)".formatted(layers.size(), LAYERS_MAX));
    }
    return List.copyOf(layers);
  }

  private static JsonNode checked(byte[] bytes, String digest) throws IOException {
    if (!sha256(bytes).equals(digest)) {
      throw new IOException(
          "the registry sent a manifest with sha256 %s (expected: %s)"
              .formatted(sha256(bytes), digest));
    }
    return JSON.readTree(bytes);
  }

  /// The manifest for this host in an index of several.
  private static String forHost(JsonNode manifests, String architecture) throws IOException {
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

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
