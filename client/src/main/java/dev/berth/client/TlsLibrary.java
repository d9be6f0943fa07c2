package dev.berth.client;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/// Whose TLS a process speaks: BoringSSL's, or the JDK's where that cannot be loaded (another
/// system, processor or C library). Agents and commands run with the JVM's first compiler only,
/// which has no use for a processor's cryptographic instructions.
///
/// @param provider null: the JDK's
/// @param ciphers what is offered, of the three of TLS 1.3, which are equally safe; BoringSSL
///     always offers all, in the order that suits the processor
record TlsLibrary(@Nullable Provider provider, List<String> ciphers) {
  private static final String PROTOCOL = "TLSv1.3";
  private static final String CHACHA = "TLS_CHACHA20_POLY1305_SHA256";

  /// With the first compiler ChaCha20 takes a quarter of the time of AES (8 µs instead of 33 µs
  /// for 1,200 bytes). A controller would choose AES if it were offered.
  static final TlsLibrary JDK = new TlsLibrary(null, List.of(CHACHA));

  /// What is best here; the first call takes some 50 ms.
  static TlsLibrary best() {
    return Best.LIBRARY;
  }

  private static final class Best {
    static final TlsLibrary LIBRARY = load();

    private static TlsLibrary load() {
      try {
        return new TlsLibrary(
            Conscrypt.newProviderBuilder().provideTrustManager(false).build(),
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", CHACHA));
      } catch (LinkageError _) {
        return JDK;
      }
    }
  }

  /// A context for the side that dials.
  ///
  /// @param keys null: no certificate is presented
  SSLContext context(@Nullable KeyManager keys, X509TrustManager trust)
      throws GeneralSecurityException {
    SSLContext context =
        provider == null
            ? SSLContext.getInstance(PROTOCOL)
            : SSLContext.getInstance(PROTOCOL, provider);
    context.init(
        keys == null ? new KeyManager[0] : new KeyManager[] {keys},
        new TrustManager[] {provider == null ? trust : new ChainTrust(trust)},
        null);
    return context;
  }
}
