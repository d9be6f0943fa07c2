package dev.berth.controller.rpc;

import static dev.berth.controller.rpc.RpcHarness.refused;
import static io.grpc.Status.Code.ALREADY_EXISTS;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.UNAUTHENTICATED;
import static io.grpc.Status.Code.UNIMPLEMENTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import dev.berth.controller.security.Caller;
import dev.berth.controller.security.CertificateRequests;
import dev.berth.controller.security.JoinToken;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.ListTokensRequest;
import dev.berth.v1.RevokeTokenRequest;
import dev.berth.v1.Token;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnrollmentTest {
  @TempDir Path data;
  private RpcHarness harness;
  private KeyPair keys;
  private byte[] csr;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    keys = CertificateRequests.ecKeys();
    csr = CertificateRequests.plain(keys, "CN=n1");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void givesAJoiningHostACertificateForADay() throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    X509Certificate leaf = node.credentials().leaf();
    leaf.verify(harness.authority.certificate().getPublicKey());
    assertEquals(new Caller.Agent("n1", node.uid()), Caller.of(leaf));
    long hours =
        java.time.Duration.between(Instant.now(), leaf.getNotAfter().toInstant()).toHours();
    assertTrue(hours >= 23 && hours <= 24, "hours: " + hours);
  }

  @Test
  void refusesATokenThatWasUsed() throws Exception {
    String token = harness.token("");
    var _ = harness.enroll(token, "n1", csr);
    byte[] other = CertificateRequests.plain(keys, "CN=n2");
    refused(UNAUTHENTICATED, () -> harness.enroll(token, "n2", other));
    Token used =
        harness.administration().listTokens(ListTokensRequest.getDefaultInstance()).getTokens(0);
    assertEquals("n1", used.getUsedBy());
    assertEquals("", used.getSecret());
  }

  @Test
  void refusesATokenForAnotherName() throws Exception {
    String token = harness.token("n2");
    refused(UNAUTHENTICATED, () -> harness.enroll(token, "n1", csr));
  }

  @Test
  void refusesTokensThatNobodyMade() throws Exception {
    String digest = harness.authority.digest();
    String good = harness.token("");
    JoinToken known = java.util.Objects.requireNonNull(JoinToken.parse(good));
    for (String bad :
        List.of(
            "",
            "x".repeat(10_000),
            JoinToken.random(new SecureRandom(), digest).text(),
            new JoinToken(known.id(), "0".repeat(64), digest).text(),
            new JoinToken(known.id(), known.secret(), "0".repeat(64)).text())) {
      refused(UNAUTHENTICATED, () -> harness.enroll(bad, "n1", csr));
    }
    assertFalse(harness.enroll(good, "n1", csr).getCertificate().isEmpty());
  }

  @Test
  void refusesARevokedToken() throws Exception {
    Token token = harness.administration().createToken(CreateTokenRequest.getDefaultInstance());
    var _ =
        harness
            .administration()
            .revokeToken(RevokeTokenRequest.newBuilder().setId(token.getId()).build());
    refused(UNAUTHENTICATED, () -> harness.enroll(token.getSecret(), "n1", csr));
  }

  @Test
  void refusesTokensThatLiveTooShortOrTooLong() throws Exception {
    for (long seconds : List.of(0L, 9L, 86_401L, -1L, Long.MAX_VALUE)) {
      refused(
          INVALID_ARGUMENT,
          () ->
              harness
                  .administration()
                  .createToken(
                      CreateTokenRequest.newBuilder()
                          .setTtl(Duration.newBuilder().setSeconds(seconds))
                          .build()));
    }
  }

  @Test
  void refusesARequestForMoreNamesAndKeepsTheToken() throws Exception {
    String token = harness.token("n1");
    for (byte[] greedy :
        List.of(
            CertificateRequests.withOtherName(keys, "CN=n1", "controller"),
            CertificateRequests.asAuthority(keys, "CN=n1"),
            CertificateRequests.plain(keys, "O=berth:admins,CN=n1"),
            CertificateRequests.plain(keys, "CN=n2"),
            new byte[] {1, 2, 3})) {
      refused(INVALID_ARGUMENT, () -> harness.enroll(token, "n1", greedy));
    }
    assertFalse(harness.enroll(token, "n1", csr).getCertificate().isEmpty());
  }

  @Test
  void refusesNamesThatAreNoNames() throws Exception {
    String token = harness.token("");
    for (String name : List.of("", "N1", "a_b", "../etc", "x".repeat(64))) {
      refused(INVALID_ARGUMENT, () -> harness.enroll(token, name, csr));
    }
  }

  @Test
  void refusesANameThatHasJoined() throws Exception {
    var _ = harness.join("n1");
    String token = harness.token("");
    refused(ALREADY_EXISTS, () -> harness.enroll(token, "n1", csr));
  }

  @Test
  void servesNothingElseOnTheJoinPort() throws Exception {
    var join = harness.joinChannel();
    refused(
        UNIMPLEMENTED,
        () ->
            AdminServiceGrpc.newBlockingStub(join)
                .getCluster(GetClusterRequest.getDefaultInstance()));
  }
}
