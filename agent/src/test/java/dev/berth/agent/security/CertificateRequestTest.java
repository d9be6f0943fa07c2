package dev.berth.agent.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;

class CertificateRequestTest {
  private final KeyPair key = NodeKey.generate();

  private PKCS10CertificationRequest request(String node) throws Exception {
    return new PKCS10CertificationRequest(
        CertificateRequest.of(node, key.getPublic(), key.getPrivate()));
  }

  @Test
  void asksInTheNameOfTheNodeForItsKey() throws Exception {
    // Lengths of one, two and three bytes.
    for (String node : new String[] {"n", "node-1", "n".repeat(63), "n".repeat(300)}) {
      PKCS10CertificationRequest request = request(node);
      assertEquals("CN=" + node, request.getSubject().toString());
      assertArrayEquals(
          key.getPublic().getEncoded(), request.getSubjectPublicKeyInfo().getEncoded());
      assertEquals(0, request.getAttributes().length);
      assertArrayEquals(request.getEncoded(), request.toASN1Structure().getEncoded("DER"));
    }
  }

  @Test
  void isSignedByTheKeyThatItIsFor() throws Exception {
    assertTrue(request("node-1").isSignatureValid(verifier(key)));
    assertFalse(request("node-1").isSignatureValid(verifier(NodeKey.generate())));
  }

  private static ContentVerifierProvider verifier(KeyPair by) throws Exception {
    return new JcaContentVerifierProviderBuilder().build(by.getPublic());
  }
}
