package dev.berth.cli.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// Takes TLS 1.3 off connections and hands them on, since gRPC's light server speaks TLS 1.2 only.
/// Asks clients for a certificate of the authority.
final class TlsFront implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SSLContext context;
  private final ServerSocket listener;
  private final int backend;

  /// @param identity what it presents
  /// @param trusted who issues clients' certificates
  /// @param backend port on the loopback interface
  TlsFront(TestAuthority.Identity identity, X509Certificate trusted, int backend)
      throws IOException, GeneralSecurityException {
    this.context = context(identity, trusted);
    this.backend = backend;
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }

  private void accept() {
    try {
      while (true) {
        Socket plain = listener.accept();
        threads.execute(() -> serve(plain));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket plain) {
    var factory = context.getSocketFactory();
    try (plain;
        SSLSocket client = (SSLSocket) factory.createSocket(plain, null, true);
        Socket server = new Socket()) {
      client.setTcpNoDelay(true);
      client.setUseClientMode(false);
      SSLParameters parameters = client.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      parameters.setNeedClientAuth(true);
      client.setSSLParameters(parameters);
      client.startHandshake();
      server.setTcpNoDelay(true);
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), backend));
      threads.execute(() -> copy(server, client));
      copy(client, server);
    } catch (IOException _) {
      // The client sees it too.
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // Either side went away; both are closed.
    }
  }

  private static SSLContext context(TestAuthority.Identity identity, X509Certificate trusted)
      throws GeneralSecurityException, IOException {
    char[] password = new char[0];
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    X509Certificate[] chain = {identity.certificate(), trusted};
    store.setKeyEntry("server", identity.key(), password, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("ca", trusted);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
