package dev.berth.e2e;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// Makes certificates that a controller must refuse, and requests for certificates.
///
/// @param certificate of the authority
/// @param key of the authority
record Forgery(X509Certificate certificate, PrivateKey key) {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final String ADMIN = "O=berth:admins,CN=admin";

  /// The cluster's own authority, whose key a test may read.
  static Forgery of(Path pki) throws Exception {
    try (PEMParser certificate = new PEMParser(Files.newBufferedReader(pki.resolve("ca.crt")));
        PEMParser key = new PEMParser(Files.newBufferedReader(pki.resolve("ca.key")))) {
      return new Forgery(
          new JcaX509CertificateConverter()
              .getCertificate((X509CertificateHolder) certificate.readObject()),
          new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) key.readObject()));
    }
  }

  /// An authority with the same name as the cluster's, and another key.
  static Forgery stranger(Forgery model) throws Exception {
    KeyPair pair = pair();
    X500Name name = X500Name.getInstance(model.certificate.getSubjectX500Principal().getEncoded());
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(now.minusSeconds(3600)),
            Date.from(now.plusSeconds(3600)),
            name,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    return new Forgery(sign(builder, pair.getPrivate()), pair.getPrivate());
  }

  /// Writes `NAME.crt` and `NAME.key` of an administrator's certificate from this authority.
  void admin(Path directory, String name, Instant from, Instant to) throws Exception {
    KeyPair pair = pair();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
            BigInteger.valueOf(System.nanoTime()),
            Date.from(from),
            Date.from(to),
            new X500Name(ADMIN),
            pair.getPublic());
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
    write(directory.resolve(name + ".crt"), sign(builder, key));
    write(directory.resolve(name + ".key"), new JcaPKCS8Generator(pair.getPrivate(), null));
  }

  /// A request for a node's certificate, DER.
  ///
  /// @param subject such as "CN=host-1"
  static byte[] request(String subject) throws Exception {
    KeyPair pair = pair();
    return new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), pair.getPublic())
        .build(new JcaContentSignerBuilder(SIGNATURE).build(pair.getPrivate()))
        .getEncoded();
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
  }

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static void write(Path file, Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    Files.writeString(file, text.toString());
  }
}
