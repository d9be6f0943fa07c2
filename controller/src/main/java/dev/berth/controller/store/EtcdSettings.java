package dev.berth.controller.store;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How etcd is reached.
///
/// @param endpoints client URLs, "https://host:port"; "http" only in tests
/// @param tls certificates; null only with "http" endpoints
/// @param electionTtl time to live of the leader's lease, at least 2 s
/// @param callTimeout limit of each call
public record EtcdSettings(
    List<URI> endpoints, @Nullable Tls tls, Duration electionTtl, Duration callTimeout) {
  /// PEM files.
  ///
  /// @param ca certificate of the CA that signed etcd's certificate
  /// @param certificate our client certificate
  /// @param key its key, PKCS #8
  public record Tls(Path ca, Path certificate, Path key) {}
}
