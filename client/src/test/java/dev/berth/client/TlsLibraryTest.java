package dev.berth.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TlsLibraryTest {
  static Stream<TlsLibrary> each() {
    return Stream.of(TlsLibrary.JDK, TlsLibrary.best());
  }

  private static SSLSocket dial(TlsLibrary library, TlsIdentity identity, TlsPeer peer)
      throws IOException, GeneralSecurityException {
    SSLSocket socket =
        (SSLSocket)
            library
                .context(
                    new PresentedIdentity(identity), TlsContexts.trusting(identity.authorities()))
                .getSocketFactory()
                .createSocket(peer.address().host(), peer.address().port());
    socket.setEnabledCipherSuites(library.ciphers().toArray(String[]::new));
    return socket;
  }

  @Test
  void whereTheTestsRunItIsNotTheJdks() {
    assertNotNull(TlsLibrary.best().provider());
  }

  @ParameterizedTest
  @MethodSource("each")
  void bothSidesKnowEachOther(TlsLibrary library) throws Exception {
    try (TlsPeer peer = new TlsPeer("server", true);
        SSLSocket socket = dial(library, TestFiles.identity("client"), peer)) {
      socket.startHandshake();
      assertEquals("TLSv1.3", socket.getSession().getProtocol());
      String cipher = socket.getSession().getCipherSuite();
      assertTrue(library.ciphers().contains(cipher), cipher);
      assertEquals("CN=first", peer.nextVisitor());
    }
  }

  @ParameterizedTest
  @MethodSource("each")
  void aServerOfAnotherAuthorityIsNotBelieved(TlsLibrary library) throws Exception {
    try (TlsPeer peer = new TlsPeer("stranger", true);
        SSLSocket socket = dial(library, TestFiles.identity("client"), peer)) {
      assertThrows(SSLException.class, socket::startHandshake);
      assertFalse(peer.hasVisitors());
    }
  }

  @ParameterizedTest
  @MethodSource("each")
  void aServerWithoutTheRightsOfOneIsNotBelieved(TlsLibrary library) throws Exception {
    try (TlsPeer peer = new TlsPeer("node-as-server", false);
        SSLSocket socket = dial(library, TestFiles.identity("client"), peer)) {
      assertThrows(SSLException.class, socket::startHandshake);
    }
  }
}
