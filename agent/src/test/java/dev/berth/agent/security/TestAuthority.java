package dev.berth.agent.security;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// A CA for tests.
final class TestAuthority {
  private final KeyPair key = NodeKey.generate();
  private final X509Certificate certificate;
  private long serial = 1;

  TestAuthority() {
    certificate =
        issue(
            "CN=test ca",
            key.getPublic(),
            Instant.now().minusSeconds(60),
            Duration.ofDays(1),
            true);
  }

  X509Certificate certificate() {
    return certificate;
  }

  ByteString der() {
    return der(certificate);
  }

  String digest() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What a controller on the loopback shows: its leaf and this CA.
  SSLContext server() {
    try {
      KeyPair leaf = NodeKey.generate();
      X509Certificate issued =
          issue(
              "CN=controller",
              leaf.getPublic(),
              Instant.now().minusSeconds(60),
              Duration.ofHours(1),
              false);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "controller", leaf.getPrivate(), new char[0], new Certificate[] {issued, certificate});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Certifies the key of a request, which must be sound.
  ByteString sign(ByteString csr, Instant from, Duration life) {
    try {
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(csr.toByteArray());
      PublicKey publicKey = request.getPublicKey();
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(publicKey))
          || request.getAttributes().length != 0) {
        throw new IllegalStateException("not a sound request: " + request.getSubject());
      }
      return der(issue("CN=node-1, O=berth:agents", publicKey, from, life, false));
    } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate issue(
      String subject, PublicKey publicKey, Instant from, Duration life, boolean isAuthority) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal("CN=test ca"),
              BigInteger.valueOf(serial++),
              Date.from(from),
              Date.from(from.plus(life)),
              new X500Principal(subject),
              publicKey);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ByteString der(X509Certificate certificate) {
    try {
      return ByteString.copyFrom(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
