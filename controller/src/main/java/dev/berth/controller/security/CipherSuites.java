package dev.berth.controller.security;

import java.util.List;

/// The cipher suites of TLS 1.3, all equally safe. BoringSSL takes AES where the processor has
/// instructions for it and the other side offers it. The order counts for the JDK's TLS: with the
/// JVM's first compiler only, ChaCha20 takes a quarter of the time of AES.
public final class CipherSuites {
  /// In order of preference.
  public static final List<String> PREFERRED =
      List.of("TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384");

  private CipherSuites() {}
}
