package dev.berth.controller.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NodeRequestTest {
  private final KeyPair keys;

  NodeRequestTest() throws Exception {
    keys = CertificateRequests.ecKeys();
  }

  @Test
  void takesTheNodesOwnNameAndNoName() throws Exception {
    assertEquals(
        keys.getPublic(), NodeRequest.check(CertificateRequests.plain(keys, "CN=n1"), "n1"));
    assertEquals(keys.getPublic(), NodeRequest.check(CertificateRequests.plain(keys, ""), "n1"));
  }

  @Test
  void refusesAnotherNode() throws Exception {
    refused(CertificateRequests.plain(keys, "CN=n2"), "subject");
  }

  @Test
  void refusesARole() throws Exception {
    refused(CertificateRequests.plain(keys, "O=berth:admins,CN=n1"), "subject");
    refused(CertificateRequests.plain(keys, "CN=n1,CN=admin"), "subject");
    refused(CertificateRequests.plain(keys, "CN=n1+O=berth:admins"), "subject");
  }

  @Test
  void refusesMoreNames() throws Exception {
    refused(CertificateRequests.withOtherName(keys, "CN=n1", "controller"), "extensions");
    refused(CertificateRequests.asAuthority(keys, "CN=n1"), "extensions");
  }

  @Test
  void refusesAKeyThatTheSenderDoesNotHave() throws Exception {
    KeyPair other = CertificateRequests.ecKeys();
    refused(CertificateRequests.signedByOther(keys, other, "CN=n1"), "signature");
  }

  @Test
  void refusesOtherKindsOfKeys() throws Exception {
    refused(CertificateRequests.plain(CertificateRequests.rsaKeys(), "CN=n1"), "EC P-256");
  }

  @Test
  void refusesAnySizeOfRubbish() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    refused(new byte[0], "length");
    refused(new byte[9000], "length");
    for (int i = 0; i < 300; i++) {
      byte[] rubbish = new byte[1 + random.nextInt(400)];
      random.nextBytes(rubbish);
      rubbish[0] = 0x30;
      assertThrows(
          NodeRequest.Refused.class, () -> NodeRequest.check(rubbish, "n1"), "seed " + seed);
    }
  }

  @Test
  void refusesRequestsWithFlippedBytes() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] good = CertificateRequests.plain(keys, "CN=n1");
    for (int i = 0; i < 200; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      assertThrows(NodeRequest.Refused.class, () -> NodeRequest.check(bad, "n1"), "seed " + seed);
    }
  }

  private static void refused(byte[] request, String why) {
    NodeRequest.Refused refused =
        assertThrows(NodeRequest.Refused.class, () -> NodeRequest.check(request, "n1"));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }
}
