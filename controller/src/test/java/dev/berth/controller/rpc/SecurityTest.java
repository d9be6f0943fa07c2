package dev.berth.controller.rpc;

import static dev.berth.controller.rpc.RpcHarness.refused;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.UNAUTHENTICATED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.security.CertificateAuthority;
import dev.berth.controller.security.CertificateRequests;
import dev.berth.controller.security.Credentials;
import dev.berth.controller.security.LeafProfile;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.DeleteNodeRequest;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.ListNodesRequest;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.RenewCertificateRequest;
import dev.berth.v1.RenewCertificateResponse;
import dev.berth.v1.WatchInstancesRequest;
import dev.berth.v1.WatchInstancesResponse;
import dev.berth.v1.WorkloadServiceGrpc;
import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecurityTest {
  @TempDir Path data;
  private RpcHarness harness;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private static void getCluster(Channel channel) {
    var _ =
        AdminServiceGrpc.newBlockingStub(channel)
            .getCluster(GetClusterRequest.getDefaultInstance());
  }

  @Test
  void failsTheHandshakeWithoutACertificate() throws Exception {
    Channel nobody = harness.anonymousChannel();
    refused(UNAVAILABLE, () -> getCluster(nobody));
  }

  @Test
  void failsTheHandshakeWithAForeignCertificate() throws Exception {
    Credentials foreign =
        CertificateAuthority.create("berth", Instant.now())
            .issue(LeafProfile.administrator("admin"), Instant.now());
    Channel channel = harness.channel(foreign);
    refused(UNAVAILABLE, () -> getCluster(channel));
  }

  @Test
  void failsTheHandshakeWithAnExpiredCertificate() throws Exception {
    Credentials expired =
        harness.authority.issue(
            LeafProfile.administrator("admin"), Instant.now().minus(Duration.ofDays(366)));
    Channel channel = harness.channel(expired);
    refused(UNAVAILABLE, () -> getCluster(channel));
  }

  @Test
  void failsTheHandshakeWithTheCertificateOfARemovedNode() throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    var _ = harness.nodes().deleteNode(DeleteNodeRequest.newBuilder().setName("n1").build());
    Channel channel = harness.channel(node.credentials());
    refused(
        UNAVAILABLE,
        () -> HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()));
  }

  @Test
  void refusesARemovedNodeOnAConnectionThatItStillHas() throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    Channel channel = harness.channel(node.credentials());
    var _ = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    var _ = harness.nodes().deleteNode(DeleteNodeRequest.newBuilder().setName("n1").build());
    refused(PERMISSION_DENIED, () -> renew(channel, node));
  }

  @Test
  void refusesAnOldCertificateOfANodeThatJoinedAgain() throws Exception {
    RpcHarness.Joined before = harness.join("n1");
    Channel old = harness.channel(before.credentials());
    var _ = HealthGrpc.newBlockingStub(old).check(HealthCheckRequest.getDefaultInstance());
    var _ = harness.nodes().deleteNode(DeleteNodeRequest.newBuilder().setName("n1").build());
    RpcHarness.Joined after = harness.join("n1");
    refused(PERMISSION_DENIED, () -> renew(old, before));
    assertTrue(!renew(harness.channel(after.credentials()), after).getCertificate().isEmpty());
  }

  @Test
  void givesAControllerNothingInItsOwnName() throws Exception {
    Credentials controller =
        harness.authority.issue(LeafProfile.controller(List.of("localhost")), Instant.now());
    Channel channel = harness.channel(controller);
    refused(PERMISSION_DENIED, () -> getCluster(channel));
  }

  @Test
  void refusesAnAgentOnTheApisOfUsers() throws Exception {
    Channel agent = harness.channel(harness.join("n1").credentials());
    refused(PERMISSION_DENIED, () -> getCluster(agent));
    refused(
        PERMISSION_DENIED,
        () ->
            NodeServiceGrpc.newBlockingStub(agent)
                .listNodes(ListNodesRequest.getDefaultInstance()));
    refused(
        PERMISSION_DENIED,
        () ->
            NodeServiceGrpc.newBlockingStub(agent)
                .getNode(GetNodeRequest.newBuilder().setName("nobody").build()));
    refused(
        PERMISSION_DENIED,
        () ->
            WorkloadServiceGrpc.newBlockingStub(agent)
                .createWorkload(RpcHarness.service("web", 1)));
  }

  @Test
  void refusesAUserOnTheStreamsOfAgents() throws Exception {
    Channel admin = harness.admin();
    Recorder<OpenSessionRequest, OpenSessionResponse> session = new Recorder<>();
    var _ = AgentServiceGrpc.newStub(admin).openSession(session);
    assertEquals(PERMISSION_DENIED, session.end().getCode());
    Recorder<AttachStreamRequest, AttachStreamResponse> stream = new Recorder<>();
    var _ = AgentServiceGrpc.newStub(admin).attachStream(stream);
    assertEquals(PERMISSION_DENIED, stream.end().getCode());
    refused(
        PERMISSION_DENIED,
        () ->
            AgentServiceGrpc.newBlockingStub(admin)
                .renewCertificate(RenewCertificateRequest.getDefaultInstance()));
  }

  @Test
  void renewsANodesCertificateForItsOwnNameOnly() throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    Channel channel = harness.channel(node.credentials());
    X509Certificate fresh = RpcHarness.certificate(renew(channel, node).getCertificate());
    fresh.verify(harness.authority.certificate().getPublicKey());
    KeyPair keys = CertificateRequests.ecKeys();
    byte[] other = CertificateRequests.plain(keys, "CN=n2");
    refused(
        io.grpc.Status.Code.INVALID_ARGUMENT,
        () ->
            AgentServiceGrpc.newBlockingStub(channel)
                .renewCertificate(
                    RenewCertificateRequest.newBuilder()
                        .setCsr(com.google.protobuf.ByteString.copyFrom(other))
                        .build()));
  }

  @Test
  void endsStreamsWhenTheCertificateEnds() throws Exception {
    Recorder<WatchInstancesRequest, WatchInstancesResponse> watch = new Recorder<>();
    InstanceServiceGrpc.newStub(harness.admin())
        .watchInstances(WatchInstancesRequest.getDefaultInstance(), watch);
    assertTrue(watch.next().getSynced());
    harness.servers.recheckStreams();
    assertTrue(!watch.hasEnded());
    harness.clockOffset.set(Duration.ofDays(400));
    harness.servers.recheckStreams();
    assertEquals(UNAUTHENTICATED, watch.end().getCode());
  }

  @Test
  void endsTheStreamsOfARemovedNode() throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    Recorder<AttachStreamRequest, AttachStreamResponse> stream = new Recorder<>();
    Channel channel = harness.channel(node.credentials());
    var _ = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    var _ = AgentServiceGrpc.newStub(channel).attachStream(stream);
    var _ = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    var _ = harness.nodes().deleteNode(DeleteNodeRequest.newBuilder().setName("n1").build());
    harness.servers.recheckStreams();
    assertEquals(PERMISSION_DENIED, stream.end().getCode());
  }

  private static RenewCertificateResponse renew(Channel channel, RpcHarness.Joined node)
      throws Exception {
    KeyPair keys = CertificateRequests.ecKeys();
    byte[] csr = CertificateRequests.plain(keys, "CN=" + node.name());
    return AgentServiceGrpc.newBlockingStub(channel)
        .renewCertificate(
            RenewCertificateRequest.newBuilder()
                .setCsr(com.google.protobuf.ByteString.copyFrom(csr))
                .build());
  }
}
