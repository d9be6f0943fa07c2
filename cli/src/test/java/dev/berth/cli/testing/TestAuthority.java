package dev.berth.cli.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/// A CA of P-256 keys that lives as long as a test.
public final class TestAuthority {
  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);
  private static final byte[] BASIC_CONSTRAINTS = Der.oid(2, 5, 29, 19);
  private static final byte[] ALTERNATIVE_NAME = Der.oid(2, 5, 29, 17);

  private final SecureRandom random = new SecureRandom();
  private final String name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  /// @param name the CA's common name
  public TestAuthority(String name) throws GeneralSecurityException {
    this.name = name;
    this.keys = newKeys();
    this.certificate = sign(name, keys, Instant.now().plus(Duration.ofDays(1)), true);
  }

  /// A certificate and its key.
  public record Identity(X509Certificate certificate, PrivateKey key) {}

  /// The CA's own certificate.
  public X509Certificate certificate() {
    return certificate;
  }

  /// A certificate for 127.0.0.1 and whoever else is named, good for a day.
  public Identity issue(String commonName) throws GeneralSecurityException {
    return issue(commonName, Instant.now().plus(Duration.ofDays(1)));
  }

  /// A certificate for 127.0.0.1 that began two days ago.
  ///
  /// @param end may lie in the past
  public Identity issue(String commonName, Instant end) throws GeneralSecurityException {
    KeyPair pair = newKeys();
    return new Identity(sign(commonName, pair, end, false), pair.getPrivate());
  }

  /// Writes a certificate as PEM.
  public static Path write(X509Certificate certificate, Path file)
      throws IOException, GeneralSecurityException {
    return pem("CERTIFICATE", certificate.getEncoded(), file);
  }

  /// Writes a key as PEM.
  public static Path write(PrivateKey key, Path file) throws IOException {
    return pem("PRIVATE KEY", key.getEncoded(), file);
  }

  private X509Certificate sign(String subject, KeyPair pair, Instant end, boolean authority)
      throws GeneralSecurityException {
    byte[] constraints = authority ? Der.sequence(Der.yes()) : Der.sequence();
    byte[] loopback = InetAddress.getLoopbackAddress().getAddress();
    byte[] names = Der.sequence(Der.tagged(0x87, loopback), Der.tagged(0x82, ascii("localhost")));
    byte[] extensions =
        Der.sequence(
            Der.sequence(BASIC_CONSTRAINTS, Der.yes(), Der.octets(constraints)),
            Der.sequence(ALTERNATIVE_NAME, Der.octets(names)));
    byte[] content =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(63, random).add(BigInteger.ONE)),
            ECDSA_WITH_SHA256,
            distinguishedName(name),
            Der.sequence(Der.time(Instant.now().minus(Duration.ofDays(2))), Der.time(end)),
            distinguishedName(subject),
            pair.getPublic().getEncoded(),
            Der.tagged(0xa3, extensions));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate(), random);
    signature.update(content);
    byte[] der = Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static byte[] distinguishedName(String commonName) {
    return Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.text(commonName))));
  }

  private static Path pem(String label, byte[] der, Path file) throws IOException {
    String body = Base64.getMimeEncoder(64, ascii("\n")).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
