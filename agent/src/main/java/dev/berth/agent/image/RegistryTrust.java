package dev.berth.agent.image;

import dev.berth.client.WebTrust;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/// Authorities that vouch for registries besides those of the JDK, laid out as Docker's daemon has
/// them: `DIRECTORY/HOST:PORT/*.crt`.
///
/// @param directory need not be there
public record RegistryTrust(Path directory) {
  /// Where Docker's daemon looks.
  public static final Path DOCKERS = Path.of("/etc/docker/certs.d");

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+(?::[0-9]{1,5})?");

  /// What to speak TLS with to a registry.
  ///
  /// @param host perhaps with a port
  /// @throws IOException when there are certificates that cannot be read
  SSLContext of(String host) throws IOException {
    try {
      return WebTrust.context(authorities(host));
    } catch (GeneralSecurityException e) {
      throw new IOException(
          directory.resolve(host) + ": holds no usable certificates: " + e.getMessage(), e);
    }
  }

  /// Those that vouch for one registry, or whomever it sends one to, besides the JDK's.
  List<Certificate> authorities(String host) throws IOException, GeneralSecurityException {
    Path own = directory.resolve(host);
    if (!HOST.matcher(host).matches() || host.startsWith(".") || !Files.isDirectory(own)) {
      return List.of();
    }
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<Certificate> authorities = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(own, "*.crt")) {
      for (Path file : files) {
        try (InputStream content = Files.newInputStream(file)) {
          authorities.addAll(factory.generateCertificates(content));
        }
      }
    }
    return authorities;
  }
}
