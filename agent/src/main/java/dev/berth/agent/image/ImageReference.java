package dev.berth.agent.image;

import java.net.URI;

/// An image of a registry.
///
/// @param host where the registry is, perhaps with a port
/// @param repository path within it
/// @param version a tag, or a digest: "sha256:…"
record ImageReference(String host, String repository, String version) {
  private static final String HUB = "docker.io";
  private static final String HUB_HOST = "registry-1.docker.io";

  /// Reads what [dev.berth.spec.ImageRules#referenceProblem] has no problem with.
  static ImageReference parse(String text) {
    int slash = text.indexOf('/');
    String host = text.substring(0, slash);
    String rest = text.substring(slash + 1);
    int at = rest.indexOf('@');
    String named = at < 0 ? rest : rest.substring(0, at);
    int colon = named.indexOf(':');
    String repository = colon < 0 ? named : named.substring(0, colon);
    String tag = colon < 0 ? "latest" : named.substring(colon + 1);
    boolean official = host.equals(HUB) && repository.indexOf('/') < 0;
    return new ImageReference(
        host.equals(HUB) ? HUB_HOST : host,
        official ? "library/" + repository : repository,
        at < 0 ? tag : rest.substring(at + 1));
  }

  /// Whether it names one content for ever.
  boolean isDigest() {
    return version.startsWith("sha256:");
  }

  /// Where a manifest is.
  URI manifest(String which) {
    return URI.create(base() + "/manifests/" + which);
  }

  /// Where a layer is.
  URI blob(String digest) {
    return URI.create(base() + "/blobs/" + digest);
  }

  /// Where new content is brought.
  URI uploads() {
    return URI.create(base() + "/blobs/uploads/");
  }

  private String base() {
    return (Loopback.is(host) ? "http" : "https") + "://" + host + "/v2/" + repository;
  }
}
