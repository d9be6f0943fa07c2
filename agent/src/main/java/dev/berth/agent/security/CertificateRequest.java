package dev.berth.agent.security;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;

/// Asks for a node's certificate: PKCS #10 (RFC 2986) in DER, which the JDK reads but does not
/// write. It is the one thing of its kind that an agent has to make, and has four parts; a library
/// for it would be larger than the agent.
final class CertificateRequest {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int SEQUENCE = 0x30;
  private static final int ATTRIBUTES = 0xa0;
  private static final int SHORT_MAX = 0x7f;

  /// The algorithm's identifier: ecdsa-with-SHA256, 1.2.840.10045.4.3.2, without parameters.
  private static final byte[] ECDSA_SHA256 = HexFormat.of().parseHex("300a06082a8648ce3d040302");

  private CertificateRequest() {}

  /// For the subject CN=node, without extensions.
  ///
  /// @param publicKey EC
  /// @param privateKey its other half
  static byte[] of(String node, PublicKey publicKey, PrivateKey privateKey) {
    byte[] asked =
        value(
            SEQUENCE,
            value(INTEGER, new byte[] {0}),
            new X500Principal("CN=" + node).getEncoded(),
            publicKey.getEncoded(),
            value(ATTRIBUTES));
    // Before the bits of a bit string stands how many of the last byte are unused.
    byte[] signature = value(BIT_STRING, new byte[] {0}, signed(asked, privateKey));
    return value(SEQUENCE, asked, ECDSA_SHA256, signature);
  }

  private static byte[] signed(byte[] content, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot sign with EC P-256", e);
    }
  }

  private static byte[] value(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length > SHORT_MAX) {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(0x80 | bytes);
      for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.write(length >> shift);
      }
    } else {
      out.write(length);
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
