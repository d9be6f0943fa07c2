package dev.berth.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// Hands connections on to a server, and is gone when enough has come back from it.
final class DyingProxy implements AutoCloseable {
  private final ServerSocket door;
  private final String address;
  private final int target;
  private final AtomicLong left;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param target port of the server, on the same address
  /// @param bytes that come back before it dies
  DyingProxy(String address, int target, long bytes) throws IOException {
    this.address = address;
    this.target = target;
    left = new AtomicLong(bytes);
    door = new ServerSocket(0, 50, InetAddress.getByName(address));
    var _ = threads.submit(this::accept);
  }

  String host() {
    return address + ":" + door.getLocalPort();
  }

  private Void accept() throws IOException {
    while (true) {
      Socket from = door.accept();
      Socket to = new Socket(address, target);
      sockets.addAll(List.of(from, to));
      var _ = threads.submit(() -> copy(from, to, false));
      var _ = threads.submit(() -> copy(to, from, true));
    }
  }

  private Void copy(Socket from, Socket to, boolean counted) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[16 << 10];
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        if (counted && left.addAndGet(-read) < 0) {
          die();
          return null;
        }
        out.write(bytes, 0, read);
        out.flush();
      }
    }
    return null;
  }

  /// Whether it is gone.
  boolean isDead() {
    return door.isClosed();
  }

  private void die() throws IOException {
    door.close();
    for (Socket each : sockets) {
      each.close();
    }
  }

  @Override
  public void close() throws IOException {
    die();
    threads.shutdownNow();
  }
}
