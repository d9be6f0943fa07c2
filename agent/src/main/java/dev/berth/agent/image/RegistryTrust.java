package dev.berth.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Authorities that vouch for registries besides those of the JDK, laid out as Docker's daemon has
/// them: `DIRECTORY/HOST:PORT/*.crt`.
///
/// @param directory need not be there
public record RegistryTrust(Path directory) {
  /// Where Docker's daemon looks.
  public static final Path DOCKERS = Path.of("/etc/docker/certs.d");

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+(?::[0-9]{1,5})?");

  /// What to speak TLS with to a registry; empty: as the JDK does it.
  ///
  /// @param host perhaps with a port
  /// @throws IOException when there are certificates that cannot be read
  Optional<SSLContext> of(String host) throws IOException {
    Path own = directory.resolve(host);
    if (!HOST.matcher(host).matches() || host.startsWith(".") || !Files.isDirectory(own)) {
      return Optional.empty();
    }
    try {
      List<Certificate> authorities = authorities(own);
      return authorities.isEmpty() ? Optional.empty() : Optional.of(trusting(authorities));
    } catch (GeneralSecurityException e) {
      throw new IOException(own + ": holds no usable certificates: " + e.getMessage(), e);
    }
  }

  private static List<Certificate> authorities(Path own)
      throws IOException, GeneralSecurityException {
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

  private static SSLContext trusting(List<Certificate> authorities)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca-" + i, authorities.get(i));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
