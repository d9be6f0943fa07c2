package dev.berth.bench;

import dev.berth.client.context.ContextEntry;
import dev.berth.client.context.ContextFile;
import dev.berth.e2e.harness.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/// Someone who uses the command line.
final class CliUser {
  private CliUser() {}

  /// The environment of a user whose cluster is the current context, as after `berth up`.
  static Map<String, String> of(Cluster cluster) {
    Map<String, String> said = cluster.environment();
    Path config = cluster.work().path().resolve("config.yaml");
    ContextEntry entry =
        new ContextEntry(
            said.getOrDefault("BERTH_ADDR", ""),
            "default",
            said.getOrDefault("BERTH_CACERT", ""),
            said.getOrDefault("BERTH_CLIENT_CERT", ""),
            said.getOrDefault("BERTH_CLIENT_KEY", ""));
    try {
      ContextFile.EMPTY.withCurrent("bench", entry).save(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of("BERTH_CONFIG", config.toString());
  }
}
