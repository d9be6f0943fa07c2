package dev.berth.controller.rpc;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.security.JoinToken;
import dev.berth.spec.Names;
import dev.berth.v1.EnrollRequest;
import dev.berth.v1.EnrollResponse;
import dev.berth.v1.EnrollmentServiceGrpc;
import dev.berth.v1.Node;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.security.PublicKey;

/// How hosts join. Strangers call this: cheap checks come first, and what is wrong with a token is
/// not said.
final class EnrollmentRpc extends EnrollmentServiceGrpc.EnrollmentServiceImplBase {
  private final ControllerLoop loop;
  private final NodeCertificates certificates;
  private final String caDigest;

  EnrollmentRpc(ControllerLoop loop, NodeCertificates certificates, String caDigest) {
    this.loop = loop;
    this.certificates = certificates;
    this.caDigest = caDigest;
  }

  @Override
  public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> caller) {
    ClusterState state = Answers.snapshot(loop).state();
    JoinToken token = JoinToken.parse(request.getToken());
    if (token == null || !token.authority().equals(caDigest) || state.token(token.id()) == null) {
      throw badToken();
    }
    String problem = Names.nodeProblem(request.getNode());
    if (problem != null) {
      throw StatusMapper.badField("node", problem);
    }
    PublicKey key = certificates.checked(request.getCsr(), request.getNode());
    Answers.send(
        loop.request(
            id ->
                new ClusterEvent.EnrollNode(
                    id, token.id(), token.secretDigest(), request.getNode())),
        Node.class,
        node -> response(key, node, state.clusterUid()),
        caller);
  }

  private EnrollResponse response(PublicKey key, Node node, String clusterUid) {
    NodeCertificates.Pair issued = certificates.issue(key, node.getName(), node.getUid());
    return EnrollResponse.newBuilder()
        .setCertificate(ByteString.copyFrom(issued.certificate()))
        .setCaCertificate(ByteString.copyFrom(issued.authority()))
        .setClusterUid(clusterUid)
        .setNodeUid(node.getUid())
        .build();
  }

  private static StatusRuntimeException badToken() {
    return StatusMapper.refused(
        RefusalCode.UNAUTHENTICATED,
        "token: unknown, used, ended, or for another name: 'berth token create' makes a new one");
  }
}
