package dev.berth.agent.security;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// Keys and certificate requests of a node. A private key never leaves its host.
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

  /// Asks for a certificate: PKCS #10, DER, subject CN=node, no extensions.
  static byte[] request(String node, PublicKey publicKey, PrivateKey privateKey) {
    try {
      return new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=" + node), publicKey)
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(privateKey))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("this Java cannot sign with EC P-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
