package dev.berth.agent.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/// A disk as an artifact of a registry: an OCI manifest of a type of its own, with an empty
/// configuration and the file, as it is, as the one layer.
final class DiskArtifact {
  /// The manifest's `artifactType`.
  static final String TYPE = "application/vnd.berth.vm.disk.v1";

  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /// OCI's empty configuration.
  static final String CONFIG = "{}";

  static final String CONFIG_DIGEST =
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

  private static final String CONFIG_TYPE = "application/vnd.oci.empty.v1+json";
  private static final String LAYER = "application/vnd.berth.vm.disk.layer.v1.";
  private static final String PREFIX = "sha256:";
  private static final ObjectMapper JSON = new ObjectMapper();

  private DiskArtifact() {}

  /// Whether a manifest is one of a disk.
  static boolean is(JsonNode manifest) {
    return manifest.path("artifactType").asText().equals(TYPE);
  }

  /// The manifest of a disk.
  ///
  /// @param digest SHA-256 of the file, 64 lower-case hexadecimal digits
  /// @param format "qcow2", "raw"
  static byte[] manifest(String digest, long bytes, String format) {
    ObjectNode manifest = JSON.createObjectNode();
    manifest.put("schemaVersion", 2).put("mediaType", MANIFEST).put("artifactType", TYPE);
    manifest.set("config", descriptor(CONFIG_TYPE, CONFIG_DIGEST, CONFIG.length()));
    ObjectNode layer = descriptor(LAYER + format, digest, bytes);
    layer.putObject("annotations").put("org.opencontainers.image.title", "disk." + format);
    manifest.putArray("layers").add(layer);
    return manifest.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode descriptor(String type, String digest, long bytes) {
    return JSON.createObjectNode()
        .put("mediaType", type)
        .put("digest", PREFIX + digest)
        .put("size", bytes);
  }
}
