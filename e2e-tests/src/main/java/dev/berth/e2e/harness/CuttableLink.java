package dev.berth.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A way to a TCP port on loopback that can be cut: then nothing passes, in either direction, and
/// nobody is told, as when a network parts.
public final class CuttableLink implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 15;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean cut;

  private CuttableLink(ServerSocket listener, InetSocketAddress target) {
    this.listener = listener;
    this.target = target;
  }

  /// Opens a way to a port.
  static CuttableLink to(int port) {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      CuttableLink link =
          new CuttableLink(
              new ServerSocket(0, 50, loopback), new InetSocketAddress(loopback, port));
      Thread.ofVirtual().name("link").start(link::accept);
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it begins.
  int port() {
    return listener.getLocalPort();
  }

  /// Lets nothing pass any more, or lets it pass again.
  public void cut(boolean cut) {
    lock.lock();
    try {
      this.cut = cut;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        Socket far = new Socket();
        sockets.add(near);
        sockets.add(far);
        Thread.ofVirtual().start(() -> connect(near, far));
      } catch (IOException _) {
        // Closed, or out of descriptors: the next one who connects finds out.
        Thread.onSpinWait();
      }
    }
  }

  private void connect(Socket near, Socket far) {
    try {
      awaitWhole();
      far.connect(target);
      Thread back = Thread.ofVirtual().start(() -> pump(far, near));
      pump(near, far);
      back.join();
    } catch (IOException | InterruptedException _) {
      close(near);
      close(far);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      int read = in.read(buffer);
      while (read >= 0) {
        awaitWhole();
        out.write(buffer, 0, read);
        read = in.read(buffer);
      }
    } catch (IOException | InterruptedException _) {
      // Either side has gone.
    } finally {
      close(from);
      close(to);
    }
  }

  private void awaitWhole() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (cut) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException _) {
      // It is not used any more.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut(false);
    Set.copyOf(sockets).forEach(this::close);
  }
}
