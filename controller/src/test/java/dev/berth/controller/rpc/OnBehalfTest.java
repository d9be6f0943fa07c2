package dev.berth.controller.rpc;

import static dev.berth.controller.rpc.RpcHarness.refused;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.UNAUTHENTICATED;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.security.CertificateAuthority;
import dev.berth.controller.security.Credentials;
import dev.berth.controller.security.LeafProfile;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import dev.berth.v1.GetClusterRequest;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Controllers hand on the calls of users, and nobody else does.
final class OnBehalfTest {
  @TempDir Path data;
  private RpcHarness harness;
  private Credentials controller;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    controller =
        harness.authority.issue(LeafProfile.controller(List.of("localhost")), Instant.now());
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void letsAControllerSpeakForAnAdministrator() throws Exception {
    AdminServiceBlockingStub stub = stub(controller, administrator(harness.authority));
    assertTrue(stub.getCluster(GetClusterRequest.getDefaultInstance()).getLeader());
  }

  @Test
  void asksForTheRoleOfTheOneWhoIsSpokenFor() throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    byte[] agent = node.credentials().leaf().getEncoded();
    refused(PERMISSION_DENIED, () -> getCluster(stub(controller, agent)));
    refused(PERMISSION_DENIED, () -> getCluster(stub(controller, controller.leaf().getEncoded())));
  }

  @Test
  void refusesUsersAndAgentsWhoSpeakForOthers() throws Exception {
    byte[] admin = administrator(harness.authority);
    refused(PERMISSION_DENIED, () -> getCluster(stub(harness.join("n1").credentials(), admin)));
    Credentials user = harness.authority.issue(LeafProfile.administrator("other"), Instant.now());
    refused(PERMISSION_DENIED, () -> getCluster(stub(user, admin)));
  }

  @Test
  void refusesCertificatesOfAnotherAuthority() throws Exception {
    CertificateAuthority other = CertificateAuthority.create("berth", Instant.now());
    refused(UNAUTHENTICATED, () -> getCluster(stub(controller, administrator(other))));
    refused(UNAUTHENTICATED, () -> getCluster(stub(controller, new byte[] {1, 2, 3})));
    refused(
        UNAUTHENTICATED,
        () -> getCluster(stub(controller, harness.authority.certificate().getEncoded())));
  }

  @Test
  void refusesTheOneWhoseCertificateHasEnded() throws Exception {
    byte[] admin = administrator(harness.authority);
    assertFalse(getCluster(stub(controller, admin)).isEmpty());
    harness.clockOffset.set(Duration.ofDays(366));
    refused(UNAUTHENTICATED, () -> getCluster(stub(controller, admin)));
  }

  private static byte[] administrator(CertificateAuthority authority) throws Exception {
    return authority.issue(LeafProfile.administrator("admin"), Instant.now()).leaf().getEncoded();
  }

  private AdminServiceBlockingStub stub(Credentials credentials, byte[] caller) throws Exception {
    Metadata headers = new Metadata();
    headers.put(BerthHeaders.CALLER, caller);
    return AdminServiceGrpc.newBlockingStub(harness.channel(credentials))
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static String getCluster(AdminServiceBlockingStub stub) {
    return stub.getCluster(GetClusterRequest.getDefaultInstance()).getVersion();
  }
}
