package dev.berth.agent.security;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/// Keys of a node. A private key never leaves its host.
final class NodeKey {
  private static final int PEM_COLUMNS = 64;

  private NodeKey() {}

  /// A new key, EC P-256.
  static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no EC P-256", e);
    }
  }

  static byte[] pem(String label, byte[] der) {
    StringWriter out = new StringWriter();
    Base64.Encoder encoder =
        Base64.getMimeEncoder(PEM_COLUMNS, "\n".getBytes(StandardCharsets.US_ASCII));
    out.append("-----BEGIN ").append(label).append("-----\n");
    out.append(encoder.encodeToString(der));
    out.append("\n-----END ").append(label).append("-----\n");
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
