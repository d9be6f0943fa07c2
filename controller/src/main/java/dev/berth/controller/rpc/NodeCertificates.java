package dev.berth.controller.rpc;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.security.CertificateAuthority;
import dev.berth.controller.security.ClientTrust;
import dev.berth.controller.security.LeafProfile;
import dev.berth.controller.security.NodeRequest;
import dev.berth.controller.security.SecurityFailure;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Certificates for nodes, on request.
final class NodeCertificates {
  private static final Logger LOG = LoggerFactory.getLogger(NodeCertificates.class);

  private final CertificateAuthority authority;
  private final InstantSource clock;
  private final Register register;

  /// Keeps the digests of what was issued.
  interface Register {
    /// Must not block.
    ///
    /// @param uid of the node's registration
    /// @param digest SHA-256 of the certificate, DER
    void issued(String node, String uid, ByteString digest);
  }

  NodeCertificates(CertificateAuthority authority, InstantSource clock, Register register) {
    this.authority = authority;
    this.clock = clock;
    this.register = register;
  }

  /// A certificate and its authority's, DER.
  @SuppressWarnings("ArrayRecordComponent") // made here, sent, and forgotten
  record Pair(byte[] certificate, byte[] authority) {}

  /// The key of a request that asks for nothing but the node's name.
  PublicKey checked(ByteString csr, String node) {
    try {
      return NodeRequest.check(csr.toByteArray(), node);
    } catch (NodeRequest.Refused e) {
      throw StatusMapper.badField("csr", String.valueOf(e.getMessage()));
    }
  }

  Pair issue(PublicKey key, String node, String uid) {
    try {
      byte[] certificate =
          authority.issue(key, LeafProfile.node(node, uid), clock.instant()).getEncoded();
      register.issued(node, uid, ByteString.copyFrom(ClientTrust.digestOf(certificate)));
      return new Pair(certificate, authority.certificate().getEncoded());
    } catch (SecurityFailure | CertificateEncodingException e) {
      LOG.error("No certificate for node {}", node, e);
      throw StatusMapper.refused(
          RefusalCode.UNAVAILABLE,
          "the certificate could not be issued: the controller's log has the details");
    }
  }
}
