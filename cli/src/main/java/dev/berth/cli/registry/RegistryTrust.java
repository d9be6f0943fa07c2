package dev.berth.cli.registry;

import dev.berth.client.FileTrouble;
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
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;

/// Whose certificates a registry may have: those of the authorities that everyone trusts, of those
/// that docker has for this registry, and of one that the user names.
final class RegistryTrust {
  private static final Path DOCKERS = Path.of("/etc/docker/certs.d");

  private RegistryTrust() {}

  /// @param named files of the user, may be empty
  /// @throws IOException when a file cannot be read, or holds no certificate
  static SSLContext of(RegistryHost registry, List<Path> named) throws IOException {
    List<Path> files = new ArrayList<>(named);
    Path dockers = DOCKERS.resolve(registry.authority());
    if (Files.isDirectory(dockers)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(dockers, "*.crt")) {
        found.forEach(files::add);
      }
    }
    List<Certificate> certificates = new ArrayList<>();
    for (Path file : files) {
      certificates.addAll(read(file));
    }
    try {
      return WebTrust.context(certificates);
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates cannot be used: " + e.getMessage(), e);
    }
  }

  private static Collection<? extends Certificate> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException(
          file + ": no certificate can be read from it: " + FileTrouble.why(e), e);
    }
  }
}
