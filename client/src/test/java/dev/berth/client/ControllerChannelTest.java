package dev.berth.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.GetClusterRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ControllerChannelTest {
  @Test
  void presentsItsCertificate() throws Exception {
    try (TlsPeer peer = new TlsPeer("server", true);
        ControllerChannel channel = open(peer.address())) {
      assertEquals("CN=first", visitor(channel, peer));
    }
  }

  @Test
  void presentsTheRenewedCertificateOnTheNextConnection() throws Exception {
    AtomicReference<TlsIdentity> identity = new AtomicReference<>(TestFiles.identity("client"));
    try (TlsPeer peer = new TlsPeer("server", true)) {
      try (ControllerChannel channel =
          ControllerChannel.open(List.of(peer.address()), identity::get)) {
        assertEquals("CN=first", visitor(channel, peer));
      }
      identity.set(TestFiles.identity("renewed"));
      try (ControllerChannel channel =
          ControllerChannel.open(List.of(peer.address()), identity::get)) {
        assertEquals("CN=second", visitor(channel, peer));
      }
    }
  }

  @Test
  void isClosedWhenTheWaitForItEnds() throws Exception {
    try (TlsPeer peer = new TlsPeer("server", true);
        ControllerChannel channel = open(peer.address())) {
      assertEquals("CN=first", visitor(channel, peer));
      channel.close(Duration.ofMinutes(1));
      assertTrue(((ManagedChannel) channel.channel()).isTerminated());
    }
  }

  @Test
  void oneFactoryFollowsARenewal() throws Exception {
    AtomicReference<TlsIdentity> identity = new AtomicReference<>(TestFiles.identity("client"));
    RenewingContexts contexts = new RenewingContexts(identity::get);
    var first = contexts.current();
    identity.set(TestFiles.identity("client"));
    assertEquals(first, contexts.current(), "the same identity keeps its context");
    identity.set(TestFiles.identity("renewed"));
    assertFalse(first.equals(contexts.current()), "another identity gets another context");
  }

  @Test
  void turnsToTheNextAddressWhenOneIsDead() throws Exception {
    try (TlsPeer peer = new TlsPeer("server", true);
        ControllerChannel channel = open(deadAddress(), peer.address())) {
      assertEquals("CN=first", visitor(channel, peer));
    }
  }

  @Test
  void trustsNoServerOfAnotherAuthority() throws Exception {
    assertNoTrust("stranger");
  }

  @Test
  void trustsNoServerWithAnotherName() throws Exception {
    assertNoTrust("elsewhere");
  }

  @Test
  void trustsNoNodeThatPlaysTheController() throws Exception {
    assertNoTrust("node-as-server");
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    try (ControllerChannel channel = open(deadAddress())) {
      StatusRuntimeException failure = call(channel);
      assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode());
    }
  }

  @Test
  void joinsOnlyTheClusterWithTheRightAuthority() throws Exception {
    try (TlsPeer peer = new TlsPeer("server", false)) {
      try (ControllerChannel channel =
          ControllerChannel.openForJoining(List.of(peer.address()), "0".repeat(64))) {
        call(channel);
        assertFalse(peer.hasVisitors() && peer.bytes() > 0, "the joiner said something");
      }
      try (ControllerChannel channel =
          ControllerChannel.openForJoining(List.of(peer.address()), digest("ca.crt"))) {
        assertEquals("anonymous", visitor(channel, peer));
      }
    }
  }

  @Test
  void joinsNoNodeThatPlaysTheController() throws Exception {
    try (TlsPeer peer = new TlsPeer("node-as-server", false);
        ControllerChannel channel =
            ControllerChannel.openForJoining(List.of(peer.address()), digest("ca.crt"))) {
      call(channel);
      assertEquals(0, peer.bytes());
    }
  }

  @Test
  void refusesCredentialsThatCannotBeUsed(@TempDir Path directory) throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), "");
    Path cut = Files.writeString(directory.resolve("cut"), "-----BEGIN CERTIFICATE-----\nMII");
    Path bad =
        Files.writeString(
            directory.resolve("bad"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    Path good = TestFiles.path("client.crt");
    Path key = TestFiles.path("client.key");
    Path ca = TestFiles.path("ca.crt");
    Path missing = directory.resolve("missing");
    assertEquals(missing + ": no such file", problem(missing, key, ca));
    assertEquals(empty + ": holds no certificate (expected: PEM)", problem(empty, key, ca));
    assertTrue(problem(cut, key, ca).startsWith(cut + ": is cut off"));
    assertTrue(problem(bad, key, ca).startsWith(bad + ": holds a certificate that cannot"));
    assertEquals(
        good + ": holds 0 private keys (expected: one, PEM, PKCS #8)", problem(good, good, ca));
  }

  @Test
  void readsAddresses() {
    assertEquals(
        List.of(new ControllerAddress("10.0.0.1", 7443), new ControllerAddress("::1", 1)),
        ControllerAddress.parseList("10.0.0.1:7443, [::1]:1"));
    assertEquals("[::1]:1", new ControllerAddress("::1", 1).toString());
    for (String bad :
        List.of(
            "", "host", "host:", ":1", "host:0", "host:65536", "::1:1", "a b:1", "h:1,", "é:1")) {
      assertThrows(IllegalArgumentException.class, () -> ControllerAddress.parseList(bad), bad);
    }
  }

  private static void assertNoTrust(String server) throws Exception {
    try (TlsPeer peer = new TlsPeer(server, true);
        ControllerChannel channel = open(peer.address())) {
      StatusRuntimeException failure = call(channel);
      assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode());
      assertTrue(peer.connections() > 0);
      assertEquals(0, peer.bytes());
    }
  }

  private static ControllerChannel open(ControllerAddress... addresses) throws IOException {
    TlsIdentity identity = TestFiles.identity("client");
    return ControllerChannel.open(List.of(addresses), () -> identity);
  }

  /// Who the peer sees when a call is made; the call itself ends with the channel.
  private static @Nullable String visitor(ControllerChannel channel, TlsPeer peer)
      throws InterruptedException {
    Thread.ofVirtual().start(() -> call(channel));
    return peer.nextVisitor();
  }

  /// Makes a call that cannot succeed, since the peer never answers.
  private static StatusRuntimeException call(ControllerChannel channel) {
    return assertThrows(
        StatusRuntimeException.class,
        () ->
            AdminServiceGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .getCluster(GetClusterRequest.getDefaultInstance()));
  }

  private static ControllerAddress deadAddress() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new ControllerAddress("127.0.0.1", free.getLocalPort());
    }
  }

  private static String digest(String certificate) throws IOException, GeneralSecurityException {
    byte[] der = Pem.certificates(TestFiles.path(certificate)).getFirst().getEncoded();
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
  }

  private static String problem(Path certificate, Path key, Path authorities) {
    return String.valueOf(
        assertThrows(
                CredentialsException.class, () -> TlsIdentity.load(certificate, key, authorities))
            .getMessage());
  }
}
