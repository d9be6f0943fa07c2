package dev.berth.controller.security;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// A node's certificate request: proves that the node has the key, and asks for nothing else than
/// its own name.
public final class NodeRequest {
  private static final int SIZE_MAX = 8 * 1024;

  private NodeRequest() {}

  /// Says what is wrong with a request.
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /// Checks a request.
  ///
  /// @param der PKCS #10, DER, at most 8 KiB
  /// @param node the only name it may ask for
  /// @return the key to certify, EC P-256
  /// @throws Refused with what is wrong, as "value: … (expected: …)"
  public static PublicKey check(byte[] der, String node) throws Refused {
    if (der.length == 0 || der.length > SIZE_MAX) {
      throw new Refused("length: " + der.length + " bytes (expected: 1 to " + SIZE_MAX + ")");
    }
    try {
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
      checkSubject(request.getSubject(), node);
      if (request.getAttributes().length != 0) {
        throw new Refused("it has attributes or extensions (expected: none)");
      }
      checkAlgorithm(request.getSubjectPublicKeyInfo());
      PublicKey key = request.getPublicKey();
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new Refused("its signature does not fit its key");
      }
      return key;
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      // The parser of DER throws all kinds of RuntimeException on bytes from strangers.
      throw refused("it cannot be read (expected: PKCS #10, DER)", e);
    }
  }

  private static Refused refused(String message, Exception cause) {
    Refused refused = new Refused(message);
    refused.initCause(cause);
    return refused;
  }

  private static void checkSubject(X500Name subject, String node) throws Refused {
    RDN[] parts = subject.getRDNs();
    if (parts.length == 0) {
      return;
    }
    boolean own =
        parts.length == 1
            && !parts[0].isMultiValued()
            && parts[0].getFirst().getType().equals(BCStyle.CN)
            && IETFUtils.valueToString(parts[0].getFirst().getValue()).equals(node);
    if (!own) {
      throw new Refused("its subject is not CN=" + node + " (expected: that, or empty)");
    }
  }

  private static void checkAlgorithm(SubjectPublicKeyInfo key) throws Refused {
    ASN1Encodable curve = key.getAlgorithm().getParameters();
    if (!key.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
        || !X9ObjectIdentifiers.prime256v1.equals(curve)) {
      throw new Refused("its key is not EC P-256 (expected: EC P-256)");
    }
  }
}
