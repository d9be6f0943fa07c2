package dev.berth.controller.security;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Issues the certificates of a cluster. Keys are EC P-256; the authority itself lives 10 years.
/// Safe for use by several threads.
public final class CertificateAuthority {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final Duration LIFETIME = Duration.ofDays(3650);

  /// Tolerates clocks of others that are behind.
  private static final Duration BACKDATED = Duration.ofMinutes(5);

  private static final int KEY_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Credentials credentials;

  private CertificateAuthority(Credentials credentials) {
    this.credentials = credentials;
  }

  /// Makes a new authority.
  ///
  /// @param name its common name, for people
  public static CertificateAuthority create(String name, Instant now) throws SecurityFailure {
    try {
      KeyPair keys = newKeys();
      X500Name subject = new X500Name("O=berth,CN=" + name);
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  subject, serial(), start(now), end(now, LIFETIME), subject, keys.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      X509Certificate certificate = sign(builder, keys.getPrivate());
      return new CertificateAuthority(new Credentials(keys.getPrivate(), List.of(certificate)));
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new SecurityFailure("the authority " + name + " cannot be made: " + e.getMessage(), e);
    }
  }

  /// Loads an authority from PEM files.
  public static CertificateAuthority load(Path certificate, Path key) throws SecurityFailure {
    Credentials loaded = PemFiles.credentials(certificate, key);
    if (loaded.leaf().getBasicConstraints() < 0) {
      throw new SecurityFailure(certificate + ": is not the certificate of an authority");
    }
    return new CertificateAuthority(loaded);
  }

  /// The key with the certificate, to be written to files.
  Credentials credentials() {
    return credentials;
  }

  /// Its own certificate.
  public X509Certificate certificate() {
    return credentials.leaf();
  }

  /// SHA-256 of its certificate (DER), 64 lower-case hexadecimal digits.
  public String digest() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate().getEncoded());
      return HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /// A key for one purpose, made of the authority's own: the same on every controller that shares
  /// it, and of no use to find that one.
  ///
  /// @param purpose tells keys of one authority apart
  SecretKey derivedKey(String purpose) throws SecurityFailure {
    if (!(credentials.key() instanceof ECPrivateKey key)) {
      throw new SecurityFailure("the authority's key is none of an elliptic curve");
    }
    // The number itself: files may write the same key in several ways.
    byte[] number = key.getS().toByteArray();
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey(
              "AES",
              HKDFParameterSpec.ofExtract()
                  .addIKM(number)
                  .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), KEY_BYTES));
    } catch (GeneralSecurityException e) {
      throw new SecurityFailure("no key can be made of the authority's: " + e.getMessage(), e);
    } finally {
      Arrays.fill(number, (byte) 0);
    }
  }

  /// Issues a certificate for someone else's key.
  public X509Certificate issue(PublicKey key, LeafProfile profile, Instant now)
      throws SecurityFailure {
    try {
      JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  new JcaX509CertificateHolder(certificate()).getSubject(),
                  serial(),
                  start(now),
                  end(now, profile.lifetime()),
                  profile.subject(),
                  key)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(profile.purposes().toArray(new KeyPurposeId[0])))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  identifiers.createAuthorityKeyIdentifier(certificate()))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  identifiers.createSubjectKeyIdentifier(key));
      if (!profile.names().isEmpty()) {
        GeneralNames names = new GeneralNames(profile.names().toArray(new GeneralName[0]));
        builder.addExtension(Extension.subjectAlternativeName, false, names);
      }
      return sign(builder, credentials.key());
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new SecurityFailure(
          "a certificate for " + profile.subject() + " cannot be issued: " + e.getMessage(), e);
    }
  }

  /// Makes a key and issues its certificate.
  public Credentials issue(LeafProfile profile, Instant now) throws SecurityFailure {
    try {
      KeyPair keys = newKeys();
      X509Certificate leaf = issue(keys.getPublic(), profile, now);
      return new Credentials(keys.getPrivate(), List.of(leaf, certificate()));
    } catch (GeneralSecurityException e) {
      throw new SecurityFailure("no key can be made: " + e.getMessage(), e);
    }
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(
      X509v3CertificateBuilder builder, java.security.PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
  }

  private static BigInteger serial() {
    return new BigInteger(127, RANDOM).setBit(126);
  }

  // X.509 libraries take java.util.Date.
  @SuppressWarnings("JavaUtilDate")
  private static Date start(Instant now) {
    return Date.from(now.minus(BACKDATED));
  }

  @SuppressWarnings("JavaUtilDate") // as above
  private static Date end(Instant now, Duration lifetime) {
    return Date.from(now.plus(lifetime));
  }
}
