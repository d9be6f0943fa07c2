package dev.berth.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebTrustTest {
  private static final String STORE = "javax.net.ssl.trustStore";

  @AfterEach
  void restore() {
    System.clearProperty(STORE);
  }

  private static Set<X509Certificate> ofTheDefault() throws Exception {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return new HashSet<>(
        List.of(((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()));
  }

  @Test
  void everyonesAuthoritiesAreBelievedWhereTheDefaultBelievesNobody() throws Exception {
    Set<X509Certificate> usual = ofTheDefault();
    assertFalse(usual.isEmpty());
    System.setProperty(STORE, "NONE");
    assertEquals(Set.of(), ofTheDefault());
    assertEquals(usual, new HashSet<>(WebTrust.everyones()));
  }
}
