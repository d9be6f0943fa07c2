package dev.berth.client;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/// Checks a server's chain by what the JDK believes, for a TLS that is not the JDK's: each names
/// the way in which keys were agreed in words of its own, and in TLS 1.3 none of them says anything
/// of the certificate.
final class ChainTrust implements X509TrustManager {
  /// The JDK's word for it in TLS 1.3: the certificate is one that signs.
  private static final String ANY_AGREEMENT = "UNKNOWN";

  private final X509TrustManager believed;

  ChainTrust(X509TrustManager believed) {
    this.believed = believed;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    believed.checkServerTrusted(chain, ANY_AGREEMENT);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side only dials");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return believed.getAcceptedIssuers();
  }
}
