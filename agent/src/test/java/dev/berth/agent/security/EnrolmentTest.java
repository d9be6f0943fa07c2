package dev.berth.agent.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.instance.VirtualClock;
import dev.berth.agent.port.AgentClock;
import dev.berth.client.ControllerAddress;
import dev.berth.v1.EnrollRequest;
import dev.berth.v1.EnrollResponse;
import dev.berth.v1.EnrollmentServiceGrpc;
import dev.berth.v1.RenewCertificateResponse;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnrolmentTest {
  private static final String SECRET = "0123456789abcdef".repeat(4);

  @TempDir Path directory;
  private final TestAuthority authority = new TestAuthority();
  private final JoinPort port = new JoinPort(authority);
  private Server server;
  private TlsFront front;
  private NodeCredentials credentials;

  @BeforeEach
  void open() throws IOException {
    server =
        OkHttpServerBuilder.forPort(0, InsecureServerCredentials.create())
            .addService(port)
            .build()
            .start();
    front = new TlsFront(authority.server(), server.getPort());
    credentials = new NodeCredentials(directory);
  }

  @AfterEach
  void close() {
    front.close();
    server.shutdownNow();
  }

  @Test
  void joinsAndKeepsItsKeyOnThisHost() throws Exception {
    assertEquals(Optional.empty(), credentials.membership());
    Membership joined = join(authority.digest());
    assertEquals(new Membership("cluster-1", "node-1", "uid-1"), joined);
    assertEquals(Optional.of(joined), credentials.membership());
    assertEquals(
        "CN=node-1,O=berth:agents",
        credentials.identity().chain().getFirst().getSubjectX500Principal().getName());
    EnrollRequest seen = port.seen.take();
    String key = Files.readString(directory.resolve("pki/node.key"));
    assertTrue(key.startsWith("-----BEGIN PRIVATE KEY-----"));
    assertFalse(seen.toString().contains(key.lines().skip(1).findFirst().orElseThrow()));
  }

  @Test
  void allFilesAreForTheOwnerAlone() throws Exception {
    var _ = join(authority.digest());
    try (Stream<Path> files = Files.walk(directory.resolve("pki"))) {
      for (Path file : files.toList()) {
        String wanted = Files.isDirectory(file) ? "rwx------" : "rw-------";
        assertEquals(
            wanted,
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file.toString());
      }
    }
  }

  @Test
  void aStrangerNeverSeesTheToken() {
    String foreign = "0".repeat(64);
    IOException refusal = assertThrows(IOException.class, () -> join(foreign));
    assertTrue(String.valueOf(refusal.getMessage()).contains(authority.digest()));
    assertTrue(port.seen.isEmpty(), "nothing was sent");
    assertFalse(Files.exists(directory.resolve("pki")));
  }

  @Test
  void aUsedTokenIsRefusedForGood() {
    port.refusal = Optional.of(Status.UNAUTHENTICATED.withDescription("token: used already"));
    Enrolment.Refused refusal =
        assertThrows(Enrolment.Refused.class, () -> join(authority.digest()));
    assertTrue(String.valueOf(refusal.getMessage()).contains("used already"));
    assertFalse(String.valueOf(refusal.getMessage()).contains(SECRET));
  }

  @Test
  void aControllerThatIsAwayMayComeBack() {
    port.refusal = Optional.of(Status.UNAVAILABLE);
    assertThrows(IOException.class, () -> join(authority.digest()));
  }

  @Test
  void tokensAreReadStrictly() {
    assertEquals(authority.digest(), JoinToken.parse(token(authority.digest())).authorityDigest());
    for (String bad : List.of("", "berth1", "berth2.a.b.c", token("xyz"), token("0") + " ")) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> JoinToken.parse(bad));
      assertFalse(String.valueOf(e.getMessage()).contains(SECRET));
    }
  }

  @Test
  void renewsAtTwoThirdsOfTheLife() throws Exception {
    var _ = join(authority.digest());
    VirtualClock now = new VirtualClock();
    now.setWall(port.from);
    CertificateRenewal renewal = new CertificateRenewal(credentials, "node-1", now);
    assertEquals(Duration.ofHours(16), renewal.untilDue());
    now.setWall(port.from.plus(Duration.ofHours(17)));
    assertEquals(Duration.ZERO, renewal.untilDue());

    Object before = renewal.get();
    assertTrue(
        renewal.renewed(
            request ->
                RenewCertificateResponse.newBuilder()
                    .setCertificate(
                        authority.sign(request.getCsr(), now.wall(), Duration.ofHours(24)))
                    .setCaCertificate(authority.der())
                    .build()));
    assertFalse(before.equals(renewal.get()));
    assertEquals(Duration.ofHours(16), renewal.untilDue());
    assertEquals(
        renewal.expiry(),
        new CertificateRenewal(new NodeCredentials(directory), "node-1", AgentClock.system())
            .expiry());
  }

  @Test
  void aRenewalThatFailsKeepsTheOldCertificate() throws Exception {
    var _ = join(authority.digest());
    CertificateRenewal renewal = new CertificateRenewal(credentials, "node-1", AgentClock.system());
    Object before = renewal.get();
    assertFalse(
        renewal.renewed(
            request -> {
              throw Status.UNAVAILABLE.asRuntimeException();
            }));
    assertFalse(
        renewal.renewed(
            request ->
                RenewCertificateResponse.newBuilder()
                    .setCertificate(authority.der())
                    .setCaCertificate(authority.der())
                    .build()),
        "a certificate for another key");
    assertEquals(before, renewal.get());
  }

  private Membership join(String digest) throws IOException, Enrolment.Refused {
    return new Enrolment(credentials)
        .join(
            List.of(new ControllerAddress("127.0.0.1", front.port())),
            JoinToken.parse(token(digest)),
            "node-1");
  }

  private static String token(String digest) {
    return "berth1.abcdefghij." + SECRET + "." + digest;
  }

  /// The join port of a controller.
  private static final class JoinPort extends EnrollmentServiceGrpc.EnrollmentServiceImplBase {
    final BlockingQueue<EnrollRequest> seen = new LinkedBlockingQueue<>();
    final Instant from = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
    volatile Optional<Status> refusal = Optional.empty();
    private final TestAuthority authority;

    JoinPort(TestAuthority authority) {
      this.authority = authority;
    }

    @Override
    public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> response) {
      seen.add(request);
      if (refusal.isPresent()) {
        response.onError(refusal.get().asRuntimeException());
        return;
      }
      response.onNext(
          EnrollResponse.newBuilder()
              .setCertificate(authority.sign(request.getCsr(), from, Duration.ofHours(24)))
              .setCaCertificate(authority.der())
              .setClusterUid("cluster-1")
              .setNodeUid("uid-1")
              .build());
      response.onCompleted();
    }
  }
}
