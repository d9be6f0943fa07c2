package dev.berth.controller.security;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;

/// TLS for gRPC as all connections of controllers have it: 1.3 only, by BoringSSL where its library
/// can be loaded and by the JDK elsewhere. BoringSSL takes a tenth of the time for a handshake,
/// which is what counts when all agents of a cluster come back at once.
public final class TlsContexts {
  private static final SslProvider PROVIDER =
      OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

  private TlsContexts() {}

  /// What does the cryptography here, for logs.
  public static String provider() {
    return PROVIDER == SslProvider.JDK ? "the JDK" : OpenSsl.versionString();
  }

  /// Completes a context for a server or a client.
  ///
  /// @throws SSLException when a key or certificate in it cannot be used
  public static SslContext build(SslContextBuilder builder) throws SSLException {
    return GrpcSslContexts.configure(builder, PROVIDER)
        .protocols("TLSv1.3")
        .ciphers(CipherSuites.PREFERRED)
        .build();
  }
}
