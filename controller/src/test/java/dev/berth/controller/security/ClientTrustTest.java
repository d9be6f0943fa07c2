package dev.berth.controller.security;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class ClientTrustTest {
  private static final LeafProfile NODE = LeafProfile.node("n1", "uid-1");

  private final Instant now = Instant.now();
  private final CertificateAuthority ours;
  private final CertificateAuthority foreign;

  ClientTrustTest() throws SecurityFailure {
    ours = CertificateAuthority.create("ours", now);
    foreign = CertificateAuthority.create("foreign", now);
  }

  private ClientTrust trust(Predicate<Caller> admitted, Function<Caller, byte[]> digests)
      throws SecurityFailure {
    return ClientTrust.in(
        ours.certificate(),
        new ClientTrust.Members() {
          @Override
          public boolean admits(Caller caller) {
            return admitted.test(caller);
          }

          @Override
          public byte[] certificateDigest(Caller caller) {
            return digests.apply(caller);
          }
        });
  }

  private ClientTrust remembering(X509Certificate certificate) throws Exception {
    byte[] digest = ClientTrust.digestOf(certificate.getEncoded());
    return trust(
        caller -> true,
        caller -> caller.equals(new Caller.Agent("n1", "uid-1")) ? digest : new byte[0]);
  }

  private static void check(ClientTrust trust, X509Certificate leaf) throws CertificateException {
    trust.checkClientTrusted(new X509Certificate[] {leaf}, "EC");
  }

  @Test
  void believesWhatTheAuthoritySignedAndNothingElse() throws Exception {
    ClientTrust trust = trust(caller -> true, caller -> new byte[0]);
    X509Certificate good = ours.issue(NODE, now).leaf();
    assertDoesNotThrow(() -> check(trust, good));
    X509Certificate bad = foreign.issue(NODE, now).leaf();
    assertThrows(CertificateException.class, () -> check(trust, bad));
  }

  /// Signed by another authority only so that the difference can be seen.
  @Test
  void believesTheCertificateThatIsRememberedWithoutItsSignature() throws Exception {
    X509Certificate remembered = foreign.issue(NODE, now).leaf();
    assertDoesNotThrow(() -> check(remembering(remembered), remembered));
    X509Certificate another = foreign.issue(NODE, now).leaf();
    assertThrows(CertificateException.class, () -> check(remembering(remembered), another));
    X509Certificate otherNode = foreign.issue(LeafProfile.node("n2", "uid-2"), now).leaf();
    assertThrows(CertificateException.class, () -> check(remembering(otherNode), otherNode));
  }

  @Test
  void refusesARememberedCertificateThatHasEnded() throws Exception {
    X509Certificate ended = ours.issue(NODE, now.minus(Duration.ofDays(400))).leaf();
    assertThrows(CertificateException.class, () -> check(remembering(ended), ended));
  }

  @Test
  void refusesWhoWasRemoved() throws Exception {
    X509Certificate leaf = ours.issue(NODE, now).leaf();
    byte[] digest = ClientTrust.digestOf(leaf.getEncoded());
    ClientTrust trust = trust(caller -> false, caller -> digest);
    CertificateException refused =
        assertThrows(CertificateException.class, () -> check(trust, leaf));
    assertTrue(String.valueOf(refused.getMessage()).contains("agent of node n1 was revoked"));
  }
}
