package dev.berth.cli.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

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
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(files.isEmpty() ? null : together(files));
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore together(List<Path> files) throws GeneralSecurityException, IOException {
    KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
    all.load(null, null);
    int count = 0;
    for (X509Certificate known : everyones()) {
      all.setCertificateEntry("a" + count++, known);
    }
    CertificateFactory certificates = CertificateFactory.getInstance("X.509");
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        for (Certificate each : certificates.generateCertificates(in)) {
          all.setCertificateEntry("a" + count++, each);
        }
      } catch (IOException | GeneralSecurityException e) {
        throw new IOException(file + ": no certificate can be read from it: " + e.getMessage(), e);
      }
    }
    return all;
  }

  private static List<X509Certificate> everyones() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    List<X509Certificate> all = new ArrayList<>();
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509TrustManager known) {
        all.addAll(List.of(known.getAcceptedIssuers()));
      }
    }
    return all;
  }
}
