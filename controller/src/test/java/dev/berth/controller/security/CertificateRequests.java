package dev.berth.controller.security;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// Certificate requests, good and bad ones.
public final class CertificateRequests {
  private CertificateRequests() {}

  /// A new EC P-256 key.
  public static KeyPair ecKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /// A new RSA key.
  public static KeyPair rsaKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  /// What a node should send.
  public static byte[] plain(KeyPair keys, String subject) throws Exception {
    return signed(builder(keys, subject), keys);
  }

  /// Asks to be reached under another name as well.
  public static byte[] withOtherName(KeyPair keys, String subject, String name) throws Exception {
    GeneralNames names = new GeneralNames(new GeneralName(GeneralName.dNSName, name));
    return withExtension(
        keys, subject, new Extension(Extension.subjectAlternativeName, false, names.getEncoded()));
  }

  /// Asks to become an authority.
  public static byte[] asAuthority(KeyPair keys, String subject) throws Exception {
    return withExtension(
        keys,
        subject,
        new Extension(Extension.basicConstraints, true, new BasicConstraints(1).getEncoded()));
  }

  /// Signed with another key than the one in it.
  public static byte[] signedByOther(KeyPair keys, KeyPair other, String subject) throws Exception {
    return signed(builder(keys, subject), other);
  }

  private static byte[] withExtension(KeyPair keys, String subject, Extension extension)
      throws Exception {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(extension);
    ASN1Encodable all = extensions.generate();
    return signed(
        builder(keys, subject).addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, all),
        keys);
  }

  private static PKCS10CertificationRequestBuilder builder(KeyPair keys, String subject) {
    return new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic());
  }

  private static byte[] signed(PKCS10CertificationRequestBuilder builder, KeyPair keys)
      throws Exception {
    String algorithm =
        keys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return builder
        .build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()))
        .getEncoded();
  }
}
