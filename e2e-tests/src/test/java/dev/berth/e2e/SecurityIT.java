package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.client.ControllerChannel;
import dev.berth.e2e.harness.AgentProcess;
import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.DockerHost;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.EnrollRequest;
import dev.berth.v1.EnrollmentServiceGrpc;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.ListTokensRequest;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.RenewCertificateRequest;
import dev.berth.v1.Token;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

class SecurityIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(1), "openssl");

  private final Instant now = Instant.now();

  private static Cluster cluster() {
    return CLUSTER.get();
  }

  private static Path pki() {
    return cluster().controller().pki();
  }

  private static Status.Code refusal(Executable call) {
    return assertThrows(StatusRuntimeException.class, call).getStatus().getCode();
  }

  private static Token token(String node) {
    return cluster()
        .api()
        .admin()
        .createToken(CreateTokenRequest.newBuilder().setNode(node).build());
  }

  private static Token stored(Token token) {
    return cluster()
        .api()
        .admin()
        .listTokens(ListTokensRequest.getDefaultInstance())
        .getTokensList()
        .stream()
        .filter(t -> t.getId().equals(token.getId()))
        .findFirst()
        .orElseThrow();
  }

  private static Executable enroll(String token, String node, byte[] csr) {
    String digest =
        cluster().api().admin().getCluster(GetClusterRequest.getDefaultInstance()).getCaDigest();
    return () -> {
      try (ControllerChannel channel =
          ControllerChannel.openForJoining(List.of(cluster().controller().join()), digest)) {
        EnrollmentServiceGrpc.newBlockingStub(channel.channel())
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .enroll(
                EnrollRequest.newBuilder()
                    .setToken(token)
                    .setNode(node)
                    .setCsr(ByteString.copyFrom(csr))
                    .build());
      }
    };
  }

  /// Connects with an administrator's certificate and lists workloads.
  private static void assertHandshakeFails(Path directory, String name) {
    Path ca = pki().resolve("ca.crt");
    try (Api api =
        Api.open(
            cluster().controller().api(),
            directory.resolve(name + ".crt"),
            directory.resolve(name + ".key"),
            ca)) {
      var stub =
          dev.berth.v1.WorkloadServiceGrpc.newBlockingStub(api.channel())
              .withDeadlineAfter(20, TimeUnit.SECONDS);
      assertEquals(
          Status.Code.UNAVAILABLE,
          refusal(() -> stub.listWorkloads(ListWorkloadsRequest.getDefaultInstance())));
    }
  }

  @Test
  void aCertificateOfTheClusterOpensTheDoorSoTheTestsBelowMeanSomething() throws Exception {
    Forgery.of(pki()).admin(cluster().work().path(), "good", now.minusSeconds(60), in(600));
    try (Api api =
        Api.open(
            cluster().controller().api(),
            cluster().work().path().resolve("good.crt"),
            cluster().work().path().resolve("good.key"),
            pki().resolve("ca.crt"))) {
      api.workloads().listWorkloads(ListWorkloadsRequest.getDefaultInstance());
    }
  }

  @Test
  void aForeignCertificateFailsInTheHandshake() throws Exception {
    Forgery stranger = Forgery.stranger(Forgery.of(pki()));
    stranger.admin(cluster().work().path(), "foreign", now.minusSeconds(60), in(600));
    assertHandshakeFails(cluster().work().path(), "foreign");
  }

  @Test
  void anExpiredCertificateFailsInTheHandshake() throws Exception {
    Forgery.of(pki())
        .admin(cluster().work().path(), "expired", now.minusSeconds(7200), now.minusSeconds(3600));
    assertHandshakeFails(cluster().work().path(), "expired");
  }

  @Test
  void withoutACertificateNothingIsAnswered() {
    for (String address :
        List.of(
            cluster().controller().api().toString(),
            cluster().etcd().endpoint().replace("https://", ""))) {
      // TLS 1.3 refuses the client's missing certificate after its own side is done.
      CommandResult result =
          Command.of("openssl", "s_client", "-connect", address, "-quiet", "-ign_eof")
              .reading("GET /health HTTP/1.0\r\n\r\n")
              .within(Duration.ofSeconds(30))
              .run();
      assertTrue(result.err().contains("alert"), address + ": " + result);
      assertFalse(result.out().contains("HTTP/"), address + ": " + result);
    }
  }

  @Test
  void plaintextIsNotSpoken() {
    CommandResult result =
        Command.of(
                "sh",
                "-c",
                "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 10 busybox nc "
                    + cluster().controller().api().toString().replace(':', ' '))
            .run();
    assertFalse(result.out().contains("HTTP/"), result.toString());
  }

  @Test
  void anAgentsCertificateIsRefusedByEveryServiceForUsers() {
    Path node = cluster().host().agent().pki();
    try (Api api =
        Api.open(
            cluster().controller().api(),
            node.resolve("node.crt"),
            node.resolve("node.key"),
            node.resolve("ca.crt"))) {
      List<Executable> calls =
          List.of(
              () -> api.admin().listTokens(ListTokensRequest.getDefaultInstance()),
              () -> api.admin().createToken(CreateTokenRequest.getDefaultInstance()),
              () -> api.workloads().listWorkloads(ListWorkloadsRequest.getDefaultInstance()),
              () -> api.nodes().listNodes(dev.berth.v1.ListNodesRequest.getDefaultInstance()),
              () ->
                  api.events()
                      .watchEvents(dev.berth.v1.WatchEventsRequest.getDefaultInstance())
                      .hasNext(),
              () -> api.live("web"));
      for (Executable call : calls) {
        assertEquals(Status.Code.PERMISSION_DENIED, refusal(call));
      }
    }
  }

  @Test
  void aUserIsRefusedByTheServiceForAgents() {
    var stub =
        AgentServiceGrpc.newBlockingStub(cluster().api().channel())
            .withDeadlineAfter(20, TimeUnit.SECONDS);
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        refusal(() -> stub.renewCertificate(RenewCertificateRequest.getDefaultInstance())));
  }

  @Test
  void aTokenIsGoodOnceAndForItsNodeOnly() throws Throwable {
    Token token = token("once");
    assertEquals(
        Status.Code.UNAUTHENTICATED,
        refusal(enroll(token.getSecret(), "other", Forgery.request("CN=other"))));
    enroll(token.getSecret(), "once", Forgery.request("CN=once")).execute();
    assertEquals("once", stored(token).getUsedBy());
    assertEquals(
        Status.Code.UNAUTHENTICATED,
        refusal(enroll(token.getSecret(), "once", Forgery.request("CN=once"))));
  }

  @Test
  void aNameThatHasJoinedIsTaken() throws Exception {
    String node = cluster().host().name();
    Token token = token(node);
    assertEquals(
        Status.Code.ALREADY_EXISTS,
        refusal(enroll(token.getSecret(), node, Forgery.request("CN=" + node))));
  }

  @Test
  void aRequestForAnotherNameOrRoleIsRefused() throws Exception {
    for (String subject : List.of("CN=admin,O=berth:admins", "CN=someone-else", "CN=c,O=x")) {
      Token token = token("greedy");
      assertEquals(
          Status.Code.INVALID_ARGUMENT,
          refusal(enroll(token.getSecret(), "greedy", Forgery.request(subject))),
          subject);
    }
    assertEquals(
        Status.Code.INVALID_ARGUMENT,
        refusal(enroll(token("greedy").getSecret(), "greedy", new byte[] {1, 2, 3})));
  }

  @Test
  void aJoinerThatWasToldOfAnotherAuthorityStopsBeforeItSendsItsToken() {
    DockerHost host = cluster().addDocker("host-2");
    Token token = token(host.name());
    String digest = token.getSecret().substring(token.getSecret().lastIndexOf('.') + 1);
    String other = (digest.charAt(0) == '0' ? "1" : "0") + digest.substring(1);
    AgentProcess agent =
        cluster().join(host, token.getSecret().replace(digest, other), host.dockerHost());
    String said =
        Eventually.until(
            "the agent says that it was the wrong authority",
            () -> agent.daemon().err(),
            text -> text.toLowerCase(java.util.Locale.ROOT).contains("digest"));
    assertFalse(said.contains(token.getSecret()), "the token is not in the log");
    assertFalse(stored(token).hasUseTime());
    agent.daemon().kill();

    AgentProcess better = cluster().join(host, token.getSecret(), host.dockerHost());
    better.awaitReady();
    assertEquals(host.name(), stored(token).getUsedBy());
    assertNotEquals("", better.pki().toString());
  }

  @Test
  void keysAreForTheirOwnersEyesOnly() throws Exception {
    List<Path> keys =
        List.of(
            pki().resolve("ca.key"),
            pki().resolve("admin.key"),
            pki().resolve("controller.key"),
            pki().resolveSibling("etcd-pki").resolve("client.key"),
            cluster().host().agent().pki().resolve("node.key"));
    for (Path key : keys) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(key)),
          key.toString());
    }
  }

  private Instant in(long seconds) {
    return now.plusSeconds(seconds);
  }
}
