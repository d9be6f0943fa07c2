package dev.berth.cli.cluster;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// Does once, while the command line is still being read, what makes the first TLS handshake of a
/// process slow: loads the providers, computes the tables of the curve P-256 and uses each
/// operation once. Its results are thrown away; without it all works the same, only later.
final class HandshakePrelude {
  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  private HandshakePrelude() {}

  /// Begins in the background; the second call and all later ones do nothing.
  static void begin() {
    if (!BEGUN.getAndSet(true)) {
      Thread.ofPlatform().daemon().name("handshake-prelude").start(HandshakePrelude::run);
    }
  }

  private static void run() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      byte[] signed = signature.sign();
      signature.initVerify(keys.getPublic());
      boolean _ = signature.verify(signed);
      // Empty arrays, not null: those would read the certificates of the system.
      SSLContext.getInstance("TLSv1.3").init(new KeyManager[0], new TrustManager[0], null);
    } catch (GeneralSecurityException _) {
      // The handshake meets the same problem, and says so.
    }
  }
}
