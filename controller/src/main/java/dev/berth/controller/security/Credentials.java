package dev.berth.controller.security;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// A private key with its certificates.
///
/// @param key the private key
/// @param chain the leaf first, the authority last
public record Credentials(PrivateKey key, List<X509Certificate> chain) {
  /// The certificate of the key itself.
  public X509Certificate leaf() {
    return chain.getFirst();
  }
}
