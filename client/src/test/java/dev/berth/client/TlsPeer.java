package dev.berth.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A server on loopback that speaks TLS 1.3, notes who comes, and says nothing more.
final class TlsPeer implements AutoCloseable {
  private final ServerSocket listener;
  private final TlsSocketFactory sockets;
  private final boolean asksForCertificate;
  private final BlockingQueue<String> visitors = new LinkedBlockingQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger bytes = new AtomicInteger();

  TlsPeer(String identity, boolean asksForCertificate)
      throws IOException, GeneralSecurityException {
    TlsIdentity own = withAuthority(identity);
    var context =
        TlsLibrary.JDK.context(new PresentedIdentity(own), TlsContexts.trusting(own.authorities()));
    this.sockets = new TlsSocketFactory(() -> context);
    this.asksForCertificate = asksForCertificate;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  ControllerAddress address() {
    return new ControllerAddress("127.0.0.1", listener.getLocalPort());
  }

  /// The subject of the next client whose handshake worked, `anonymous` for one without a
  /// certificate; null when none comes.
  @Nullable String nextVisitor() throws InterruptedException {
    return visitors.poll(60, TimeUnit.SECONDS);
  }

  /// True when a handshake worked so far.
  boolean hasVisitors() {
    return !visitors.isEmpty();
  }

  /// Connections so far, also those whose handshake failed.
  int connections() {
    return connections.get();
  }

  /// Bytes that clients sent inside TLS.
  int bytes() {
    return bytes.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  // The chain ends in the CA, as a controller's does.
  private static TlsIdentity withAuthority(String name) throws IOException {
    TlsIdentity identity = TestFiles.identity(name);
    String authority = name.equals("stranger") ? "other-ca.crt" : "ca.crt";
    return new TlsIdentity(
        List.of(
            identity.chain().getFirst(), Pem.certificates(TestFiles.path(authority)).getFirst()),
        identity.key(),
        identity.authorities());
  }

  private void accept() {
    try {
      while (true) {
        Socket plain = listener.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(plain));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket plain) {
    try (plain;
        SSLSocket client = (SSLSocket) sockets.createSocket(plain, "client", 0, true)) {
      client.setUseClientMode(false);
      SSLParameters parameters = client.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      parameters.setNeedClientAuth(asksForCertificate);
      client.setSSLParameters(parameters);
      client.startHandshake();
      visitors.add(
          asksForCertificate ? client.getSession().getPeerPrincipal().getName() : "anonymous");
      while (client.getInputStream().read() >= 0) {
        bytes.incrementAndGet();
      }
    } catch (IOException _) {
      // The client sees it too.
    }
  }
}
