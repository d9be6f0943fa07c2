package dev.berth.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/// Makes plain sockets that give up connecting after a while, so that the next address gets its
/// turn before the kernel's two minutes are over.
final class PromptSocketFactory extends SocketFactory {
  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;

  @Override
  public Socket createSocket() {
    return new Socket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return connect(new InetSocketAddress(host, port), new InetSocketAddress(local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort)
      throws IOException {
    return connect(new InetSocketAddress(address, port), new InetSocketAddress(local, localPort));
  }

  private static Socket connect(SocketAddress remote, @Nullable SocketAddress local)
      throws IOException {
    Socket socket = new Socket();
    try {
      if (local != null) {
        socket.bind(local);
      }
      socket.connect(remote, CONNECT_TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
