package dev.berth.controller.security;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Believes certificates of the authority whose holders have not been removed from the cluster.
///
/// Those that the cluster remembers to have issued are believed without a check of the authority's
/// signature: the JDK takes 1 ms for it, and 3 ms when it runs with the first compiler only.
public final class ClientTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager authority;
  private final Members members;

  /// What the cluster knows of those who hold its certificates. Must not block.
  public interface Members {
    /// False for those whose certificates were revoked.
    boolean admits(Caller caller);

    /// SHA-256 of the certificate that was issued last for one of them; empty: not known.
    byte[] certificateDigest(Caller caller);
  }

  private ClientTrust(X509ExtendedTrustManager authority, Members members) {
    this.authority = authority;
    this.members = members;
  }

  /// Trust in what this authority issued.
  ///
  /// @param members who may use it
  public static ClientTrust in(X509Certificate authority, Members members) throws SecurityFailure {
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry("ca", authority);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(anchors);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager found) {
          return new ClientTrust(found, members);
        }
      }
      throw new SecurityFailure("this Java has no trust manager for X.509");
    } catch (GeneralSecurityException | IOException e) {
      throw new SecurityFailure("the authority cannot be trusted: " + e.getMessage(), e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain[0], () -> authority.checkClientTrusted(chain, authType, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain[0], () -> authority.checkClientTrusted(chain, authType, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain[0], () -> authority.checkClientTrusted(chain, authType));
  }

  private interface FullCheck {
    void run() throws CertificateException;
  }

  private void check(X509Certificate leaf, FullCheck full) throws CertificateException {
    Caller caller = Caller.of(leaf);
    if (isRemembered(leaf, caller)) {
      leaf.checkValidity();
    } else {
      full.run();
    }
    if (!members.admits(caller)) {
      throw new CertificateException(
          "the certificate of the " + caller.description() + " was revoked");
    }
  }

  /// The connection itself proves that the other side has the certificate's key.
  private boolean isRemembered(X509Certificate leaf, Caller caller) throws CertificateException {
    byte[] digest = members.certificateDigest(caller);
    return digest.length > 0 && MessageDigest.isEqual(digest, digestOf(leaf.getEncoded()));
  }

  /// What [Members#certificateDigest] answers for a certificate.
  public static byte[] digestOf(byte[] certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw onlyServes();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw onlyServes();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw onlyServes();
  }

  private static CertificateException onlyServes() {
    return new CertificateException("this side only serves");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authority.getAcceptedIssuers();
  }
}
