package dev.berth.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Makes TLS sockets with the context of the moment and ends handshakes that take too long.
final class TlsSocketFactory extends SSLSocketFactory {
  private static final int HANDSHAKE_TIMEOUT_MILLIS = 3_000;

  private final Contexts contexts;

  TlsSocketFactory(Contexts contexts) {
    this.contexts = contexts;
  }

  /// Where the context of the moment comes from.
  interface Contexts {
    SSLContext current() throws IOException;
  }

  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
      throws IOException {
    Socket socket = current().createSocket(plain, host, port, autoClose);
    limitHandshake(socket);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return current().createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return current().createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return current().createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort)
      throws IOException {
    return current().createSocket(address, port, local, localPort);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return TlsLibrary.best().ciphers().toArray(String[]::new);
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return getDefaultCipherSuites();
  }

  /// Ends a handshake in which the other side falls silent; after it, silence is normal.
  private static void limitHandshake(Socket socket) throws IOException {
    if (socket instanceof SSLSocket tls) {
      tls.setSoTimeout(HANDSHAKE_TIMEOUT_MILLIS);
      tls.addHandshakeCompletedListener(
          event -> {
            try {
              event.getSocket().setSoTimeout(0);
            } catch (IOException _) {
              // The socket is closed already.
            }
          });
    }
  }

  private SSLSocketFactory current() throws IOException {
    return contexts.current().getSocketFactory();
  }
}
