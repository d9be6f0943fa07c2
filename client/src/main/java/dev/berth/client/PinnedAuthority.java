package dev.berth.client;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.X509TrustManager;

/// Believes a server whose chain ends in the CA with a digest known beforehand.
final class PinnedAuthority implements X509TrustManager {
  private final String digest;

  /// @param digest SHA-256 of the CA's certificate (DER), 64 lower-case hexadecimal digits
  PinnedAuthority(String digest) {
    this.digest = digest;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    X509Certificate authority = chain[chain.length - 1];
    String presented = digest(authority);
    if (!presented.equals(digest)) {
      throw new CertificateException(
          "the controller's CA has the digest " + presented + " (expected: " + digest + ")");
    }
    try {
      TlsContexts.trusting(List.of(authority)).checkServerTrusted(chain, authType);
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException | IOException e) {
      throw new CertificateException("the controller's certificate cannot be checked", e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side only dials");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private static String digest(X509Certificate certificate) throws CertificateException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new CertificateException("this Java has no SHA-256", e);
    }
  }
}
