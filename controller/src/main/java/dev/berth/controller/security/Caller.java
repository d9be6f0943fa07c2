package dev.berth.controller.security;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/// Who calls, as a certificate of the cluster's authority says.
public sealed interface Caller {
  /// Organisation of administrators.
  String ADMINS = "berth:admins";

  /// Organisation of agents.
  String AGENTS = "berth:agents";

  /// Organisation of controllers.
  String CONTROLLERS = "berth:controllers";

  /// Before a node's uid in its certificate's alternative name.
  String NODE_URI = "berth://node/";

  /// For people and logs.
  String description();

  /// Someone who may do everything that users can.
  record Administrator(String name) implements Caller {
    @Override
    public String description() {
      return "administrator " + name;
    }
  }

  /// The agent of a node.
  ///
  /// @param node the node's name
  /// @param uid identity of the node's registration
  record Agent(String node, String uid) implements Caller {
    @Override
    public String description() {
      return "agent of node " + node;
    }
  }

  /// Another controller: it hands calls on.
  ///
  /// @param name in its certificate
  record Controller(String name) implements Caller {
    @Override
    public String description() {
      return "other controller";
    }
  }

  /// A certificate of the authority that gives no role.
  record Stranger(String subject) implements Caller {
    @Override
    public String description() {
      return "stranger " + subject;
    }
  }

  /// Reads a certificate that has been verified.
  static Caller of(X509Certificate certificate) {
    X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    String role = only(subject, BCStyle.O);
    String name = only(subject, BCStyle.CN);
    if (role.equals(ADMINS) && !name.isEmpty()) {
      return new Administrator(name);
    }
    String uid = nodeUid(certificate);
    if (role.equals(AGENTS) && !name.isEmpty() && !uid.isEmpty()) {
      return new Agent(name, uid);
    }
    if (role.equals(CONTROLLERS) && !name.isEmpty()) {
      return new Controller(name);
    }
    return new Stranger(subject.toString());
  }

  private static String only(X500Name subject, ASN1ObjectIdentifier attribute) {
    RDN[] found = subject.getRDNs(attribute);
    return found.length == 1 && !found[0].isMultiValued()
        ? IETFUtils.valueToString(found[0].getFirst().getValue())
        : "";
  }

  private static String nodeUid(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (name.getLast() instanceof String text && text.startsWith(NODE_URI)) {
          return text.substring(NODE_URI.length());
        }
      }
      return "";
    } catch (CertificateParsingException e) {
      return "";
    }
  }
}
