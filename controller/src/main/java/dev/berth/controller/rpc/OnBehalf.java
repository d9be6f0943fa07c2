package dev.berth.controller.rpc;

import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;

/// Certificates of users whose calls another controller hands on. One counts when the cluster's
/// authority signed it; who it is and what it may is then decided as if its holder had called.
final class OnBehalf {
  private static final int CERTIFICATE_MAX = 8_192;
  private static final int KNOWN_MAX = 256;

  private final X509Certificate authority;
  private final Map<ByteBuffer, X509Certificate> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, X509Certificate> eldest) {
          return size() > KNOWN_MAX;
        }
      };

  OnBehalf(X509Certificate authority) {
    this.authority = authority;
  }

  /// Reads and verifies a certificate. Its end is not looked at here.
  X509Certificate verified(byte[] der) {
    ByteBuffer key = ByteBuffer.wrap(der.clone());
    synchronized (known) {
      X509Certificate before = known.get(key);
      if (before != null) {
        return before;
      }
    }
    try {
      if (der.length > CERTIFICATE_MAX) {
        throw new GeneralSecurityException("it has " + der.length + " bytes");
      }
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      certificate.verify(authority.getPublicKey());
      if (certificate.getBasicConstraints() >= 0) {
        throw new GeneralSecurityException("it is an authority's");
      }
      synchronized (known) {
        known.put(key, certificate);
      }
      return certificate;
    } catch (GeneralSecurityException e) {
      throw Status.UNAUTHENTICATED
          .withDescription(
              "berth-caller-bin: not a certificate that this cluster's authority issued")
          .withCause(e)
          .asRuntimeException();
    }
  }
}
