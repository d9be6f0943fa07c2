package dev.berth.client;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Makes TLS contexts from certificates in memory; nothing of the system's trust store is used.
final class TlsContexts {
  private TlsContexts() {}

  /// Presents the identity and believes its authorities.
  static SSLContext mutual(TlsIdentity identity) throws GeneralSecurityException, IOException {
    return TlsLibrary.best()
        .context(new PresentedIdentity(identity), trusting(identity.authorities()));
  }

  /// Presents nothing and leaves it to the trust manager whom to believe.
  static SSLContext anonymous(X509TrustManager trust) throws GeneralSecurityException {
    return TlsLibrary.best().context(null, trust);
  }

  /// Believes certificates for servers that these authorities issued.
  static X509TrustManager trusting(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      anchors.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(anchors);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager trust) {
        return trust;
      }
    }
    throw new GeneralSecurityException("no trust manager for X.509");
  }
}
