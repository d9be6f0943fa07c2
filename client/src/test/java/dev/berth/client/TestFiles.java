package dev.berth.client;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/// Certificates made for tests alone, good for a hundred years. `ca` issued `server` (127.0.0.1 and
/// localhost), `elsewhere` (elsewhere.example), `node-as-server` (127.0.0.1, for clients only),
/// `client` (CN=first) and `renewed` (CN=second); `other-ca` issued `stranger` (127.0.0.1).
final class TestFiles {
  private TestFiles() {}

  static Path path(String name) {
    URL resource = Objects.requireNonNull(TestFiles.class.getResource(name), name);
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(name, e);
    }
  }

  static TlsIdentity identity(String name) throws IOException {
    return TlsIdentity.load(path(name + ".crt"), path(name + ".key"), path("ca.crt"));
  }
}
