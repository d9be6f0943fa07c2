package dev.berth.cli.registry;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Printable;
import java.util.regex.Pattern;

/// A registry, as docker's configuration names it.
///
/// @param key "registry.example:5000", or Docker Hub's address
public record RegistryHost(String key) {
  /// What docker's configuration calls Docker Hub.
  static final String DOCKER_HUB = ImageRules.DOCKER_HUB;

  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9.-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}\\])(:[0-9]{1,5})?");

  /// The registry of an image.
  static RegistryHost ofImage(String image) {
    return new RegistryHost(ImageRules.registryOf(image));
  }

  /// What a user wrote: a host with or without a port; with a scheme or a path, they are left out.
  ///
  /// @param server empty: Docker Hub
  /// @throws FailureException with exit code 2
  static RegistryHost ofUser(String server) {
    String host = server.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    if (server.isEmpty() || isHub(host)) {
      return new RegistryHost(DOCKER_HUB);
    }
    if (!HOST.matcher(host).matches()) {
      throw FailureException.usage(
          "server: value: "
              + Printable.quote(server)
              + " (expected: a registry's host, such as registry.example:5000)");
    }
    return new RegistryHost(host);
  }

  private static boolean isHub(String host) {
    return host.equals("docker.io") || host.equals("index.docker.io");
  }

  /// Where its API is, `HOST[:PORT]`.
  String authority() {
    return key.equals(DOCKER_HUB) ? "registry-1.docker.io" : key;
  }

  /// For people.
  String words() {
    return key.equals(DOCKER_HUB) ? "Docker Hub" : key;
  }

  /// Whether it is on this machine: then it may speak plain HTTP.
  boolean isLoopback() {
    String host = authority().replaceFirst(":[0-9]+$", "");
    return host.equals("localhost")
        || host.matches("127(\\.[0-9]{1,3}){3}")
        || host.equals("[::1]");
  }
}
