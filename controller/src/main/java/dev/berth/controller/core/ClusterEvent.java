package dev.berth.controller.core;

import com.google.protobuf.ByteString;
import dev.berth.v1.CreateNamespaceRequest;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteNamespaceRequest;
import dev.berth.v1.DeleteNodeRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.FenceNodeRequest;
import dev.berth.v1.Hello;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeNotice;
import dev.berth.v1.RestartWorkloadRequest;
import dev.berth.v1.RevokeTokenRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StartWorkloadRequest;
import dev.berth.v1.StatusReport;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.UpdateNamespaceRequest;
import dev.berth.v1.UpdateNodeRequest;
import dev.berth.v1.UpdateWorkloadRequest;

/// Everything that can make the core decide something.
public sealed interface ClusterEvent {
  /// Asked by someone who waits for an answer: an [Effect.Complete] with the same request id.
  sealed interface Request extends ClusterEvent {
    /// Names the request within this process.
    long requestId();
  }

  /// Said by or about a node's session.
  sealed interface FromSession extends ClusterEvent {
    /// Names the session within this process, from 1; later sessions have higher ids.
    long sessionId();

    /// The node that the session's certificate names.
    String node();
  }

  /// Answers with the `Workload`.
  record CreateWorkload(long requestId, CreateWorkloadRequest request) implements Request {}

  /// Answers with the `Workload`.
  record UpdateWorkload(long requestId, UpdateWorkloadRequest request) implements Request {}

  /// Answers with the `Workload` as it was marked for deletion.
  record DeleteWorkload(long requestId, DeleteWorkloadRequest request) implements Request {}

  /// Answers with the `Workload`.
  record ScaleWorkload(long requestId, ScaleWorkloadRequest request) implements Request {}

  /// Answers with the `Workload`.
  record StopWorkload(long requestId, StopWorkloadRequest request) implements Request {}

  /// Answers with the `Workload`.
  record StartWorkload(long requestId, StartWorkloadRequest request) implements Request {}

  /// Answers with the `Workload`.
  record RestartWorkload(long requestId, RestartWorkloadRequest request) implements Request {}

  /// Answers with the `Node`.
  record UpdateNode(long requestId, UpdateNodeRequest request) implements Request {}

  /// Answers with the `Node` as it was. Its session, if any, is closed.
  record DeleteNode(long requestId, DeleteNodeRequest request) implements Request {}

  /// Answers with the `Node`.
  record DrainNode(long requestId, DrainNodeRequest request) implements Request {}

  /// Answers with the `Node`.
  record FenceNode(long requestId, FenceNodeRequest request) implements Request {}

  /// Answers with the `Namespace`.
  record CreateNamespace(long requestId, CreateNamespaceRequest request) implements Request {}

  /// Answers with the `Namespace`.
  record UpdateNamespace(long requestId, UpdateNamespaceRequest request) implements Request {}

  /// Answers with the `Namespace` as it was.
  record DeleteNamespace(long requestId, DeleteNamespaceRequest request) implements Request {}

  /// Answers with the `KeptRegistryLogin`. All has been checked.
  ///
  /// @param sealed the login, which only the edge can read
  record SetRegistryLogin(
      long requestId, String namespace, String server, String username, ByteString sealed)
      implements Request {}

  /// Answers with the `KeptRegistryLogin` as it was.
  record RemoveRegistryLogin(long requestId, String namespace, String server) implements Request {}

  /// Answers with the `Token` without its secret, which the caller made and adds.
  ///
  /// @param tokenId 10 lower-case letters and digits, random
  /// @param secretDigest SHA-256 of the secret's UTF-8 bytes
  record CreateToken(
      long requestId, String tokenId, ByteString secretDigest, CreateTokenRequest request)
      implements Request {}

  /// Answers with the `Token`.
  record RevokeToken(long requestId, RevokeTokenRequest request) implements Request {}

  /// A host joins: spends the token and makes the node, both or neither. Answers with the `Node`,
  /// whose uid goes into the
  /// certificate. Whatever can be checked without the token must have been checked before.
  ///
  /// @param secretDigest SHA-256 of the presented secret's UTF-8 bytes
  /// @param node the name that the host wants
  record EnrollNode(long requestId, String tokenId, ByteString secretDigest, String node)
      implements Request {}

  /// A certificate was issued for a node. Answers with the `Node`.
  ///
  /// @param uid of the node's registration
  /// @param digest SHA-256 of the certificate, DER
  record RecordCertificate(long requestId, String node, String uid, ByteString digest)
      implements Request {}

  /// An agent said hello. Answered with `welcome` and the complete set, or the session is closed.
  record SessionOpened(long sessionId, String node, Hello hello) implements FromSession {}

  /// A session ended, whoever ended it.
  record SessionClosed(long sessionId, String node, String reason) implements FromSession {}

  /// An agent lives.
  record HeartbeatReceived(long sessionId, String node, long sequence) implements FromSession {}

  /// An agent reported instances. Acknowledged once durable.
  record StatusReported(long sessionId, String node, StatusReport report) implements FromSession {}

  /// An agent described its host anew.
  record DescriptionChanged(long sessionId, String node, NodeDescription description)
      implements FromSession {}

  /// An agent tells of something on its host.
  record NoticeReceived(long sessionId, String node, NodeNotice notice) implements FromSession {}

  /// This controller leads from now on and has loaded the state. Made by the loop alone.
  record LeadershipBegan() implements ClusterEvent {}

  /// Time went by. Made by the loop alone.
  record Tick() implements ClusterEvent {}

  /// Name for metrics, such as "CreateWorkload".
  default String name() {
    return getClass().getSimpleName();
  }
}
