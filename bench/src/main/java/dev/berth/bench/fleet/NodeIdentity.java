package dev.berth.bench.fleet;

import com.google.protobuf.ByteString;
import dev.berth.bench.StoredNodes;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.security.CertificateAuthority;
import dev.berth.controller.security.ClientTrust;
import dev.berth.controller.security.Credentials;
import dev.berth.controller.security.LeafProfile;
import dev.berth.controller.security.SecurityFailure;
import dev.berth.v1.Node;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// What an agent has after its node has joined.
///
/// @param node the node as the controller stored it
/// @param clusterUid UUID of the cluster
/// @param credentials key and certificate of the node
/// @param authority certificate of the cluster's authority
public record NodeIdentity(
    Node node, String clusterUid, Credentials credentials, X509Certificate authority) {
  /// Issues a key and a certificate for each node, with the authority's own key: takes about a
  /// millisecond a node.
  ///
  /// @param pki the controller's directory `pki`
  public static List<NodeIdentity> issue(Path pki, String clusterUid, List<Node> nodes) {
    try {
      CertificateAuthority authority =
          CertificateAuthority.load(pki.resolve("ca.crt"), pki.resolve("ca.key"));
      Instant now = Instant.now();
      return nodes.parallelStream().map(node -> issue(authority, clusterUid, node, now)).toList();
    } catch (SecurityFailure e) {
      throw new IllegalStateException(e);
    }
  }

  /// The node as the controller that issued its certificate stored it.
  public NodeRecord recorded() {
    try {
      return StoredNodes.recorded(node)
          .certified(ByteString.copyFrom(ClientTrust.digestOf(credentials.leaf().getEncoded())));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static NodeIdentity issue(
      CertificateAuthority authority, String clusterUid, Node node, Instant now) {
    try {
      return new NodeIdentity(
          node,
          clusterUid,
          authority.issue(LeafProfile.node(node.getName(), node.getUid()), now),
          authority.certificate());
    } catch (SecurityFailure e) {
      throw new IllegalStateException(e);
    }
  }
}
