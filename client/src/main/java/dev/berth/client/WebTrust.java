package dev.berth.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whom to believe of servers that are not Berth's own: registries, and others that have images.
/// Those are the authorities that everyone believes, as the JDK has them, and more that one names.
///
/// Agents and commands run with `javax.net.ssl.trustStore=NONE`: gRPC makes the JDK's default TLS
/// context when it starts, and that would read a hundred and fifty certificates for nothing. So the
/// default context believes nobody there, and connections to such servers need this one.
public final class WebTrust {
  private static final String STORE = "javax.net.ssl.trustStore";
  private static final String NONE = "NONE";

  private WebTrust() {}

  /// A TLS context without a certificate of its own. Each call reads the JDK's authorities anew,
  /// and nothing keeps them.
  ///
  /// @param more whom else to believe
  /// @throws IOException when the JDK's authorities cannot be read
  public static SSLContext context(Collection<? extends Certificate> more)
      throws GeneralSecurityException, IOException {
    KeyStore all = KeyStore.getInstance("PKCS12");
    all.load(null, null);
    List<Certificate> believed = new ArrayList<>(everyones());
    believed.addAll(more);
    for (int i = 0; i < believed.size(); i++) {
      all.setCertificateEntry("ca" + i, believed.get(i));
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers(all), null);
    return context;
  }

  static List<X509Certificate> everyones() throws GeneralSecurityException, IOException {
    boolean named = !System.getProperty(STORE, NONE).equals(NONE);
    List<X509Certificate> all = new ArrayList<>();
    for (TrustManager each : managers(named ? null : jdks())) {
      if (each instanceof X509TrustManager known) {
        all.addAll(List.of(known.getAcceptedIssuers()));
      }
    }
    return all;
  }

  /// Where the JDK looks when nothing is said.
  private static KeyStore jdks() throws GeneralSecurityException, IOException {
    Path directory = Path.of(System.getProperty("java.home"), "lib", "security");
    Path own = directory.resolve("jssecacerts");
    Path file = Files.exists(own) ? own : directory.resolve("cacerts");
    return KeyStore.getInstance(file.toFile(), (char[]) null);
  }

  /// @param store null: as the JDK is told
  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
