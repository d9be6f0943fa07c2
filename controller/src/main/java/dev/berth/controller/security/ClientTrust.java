package dev.berth.controller.security;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Believes certificates of the authority whose holders have not been removed from the cluster.
public final class ClientTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager authority;
  private final Predicate<Caller> admitted;

  private ClientTrust(X509ExtendedTrustManager authority, Predicate<Caller> admitted) {
    this.authority = authority;
    this.admitted = admitted;
  }

  /// Trust in what this authority issued.
  ///
  /// @param admitted false for those whose certificates were revoked; must not block
  public static ClientTrust in(X509Certificate authority, Predicate<Caller> admitted)
      throws SecurityFailure {
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry("ca", authority);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(anchors);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager found) {
          return new ClientTrust(found, admitted);
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
    authority.checkClientTrusted(chain, authType, engine);
    checkAdmitted(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    authority.checkClientTrusted(chain, authType, socket);
    checkAdmitted(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    authority.checkClientTrusted(chain, authType);
    checkAdmitted(chain[0]);
  }

  private void checkAdmitted(X509Certificate leaf) throws CertificateException {
    Caller caller = Caller.of(leaf);
    if (!admitted.test(caller)) {
      throw new CertificateException(
          "the certificate of the " + caller.description() + " was revoked");
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
