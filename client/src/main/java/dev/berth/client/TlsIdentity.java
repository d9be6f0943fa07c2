package dev.berth.client;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// Who we are on the wire, and whom we believe.
///
/// @param chain our certificate first, then what leads to the CA
/// @param key the certificate's private key
/// @param authorities the cluster's CA certificates
public record TlsIdentity(
    List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {
  /// Copies the lists.
  public TlsIdentity {
    chain = List.copyOf(chain);
    authorities = List.copyOf(authorities);
    if (chain.isEmpty() || authorities.isEmpty()) {
      throw new IllegalArgumentException("chain and authorities must not be empty");
    }
  }

  /// Reads an identity from PEM files.
  ///
  /// @param certificate our certificate, with its chain or not
  /// @param key its private key, PKCS #8, EC, RSA or Ed25519
  /// @param authorities one or more CA certificates
  /// @throws CredentialsException when a file is missing or cannot be used
  public static TlsIdentity load(Path certificate, Path key, Path authorities)
      throws CredentialsException {
    TlsIdentity identity =
        new TlsIdentity(
            Pem.certificates(certificate), Pem.privateKey(key), Pem.certificates(authorities));
    String keyAlgorithm = identity.key.getAlgorithm();
    String wanted = identity.chain.getFirst().getPublicKey().getAlgorithm();
    if (!keyAlgorithm.equals(wanted)) {
      throw new CredentialsException(
          key
              + ": holds a key that does not belong to "
              + certificate
              + " (expected: "
              + wanted
              + ")");
    }
    return identity;
  }

  @Override
  public String toString() {
    return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
