package dev.berth.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Stands between an agent and its Docker daemon and notes when containers are asked for.
final class CreateTap implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;
  private static final Pattern CREATE =
      Pattern.compile("^POST [^ ]*/containers/create\\?[^ ]*name=berth-([a-z0-9-]+)\\.");

  private final ServerSocketChannel server;
  private final Path daemon;
  private final Map<String, Long> created = new ConcurrentHashMap<>();

  CreateTap(Path socket, Path daemon) {
    this.daemon = daemon;
    try {
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("tap").start(this::accept);
  }

  /// When the container of a workload was first asked for, by the clock of `System.nanoTime`.
  long createNanos(String workload) {
    Long nanos = created.get(workload);
    if (nanos == null) {
      throw new IllegalStateException("no container was asked for: " + workload);
    }
    return nanos;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel agent = server.accept();
        SocketChannel docker = SocketChannel.open(UnixDomainSocketAddress.of(daemon));
        Thread.ofPlatform().daemon().start(() -> copy(agent, docker, true));
        Thread.ofPlatform().daemon().start(() -> copy(docker, agent, false));
      }
    } catch (IOException _) {
      // Closed: the measurement is over.
      return;
    }
  }

  private void copy(SocketChannel from, SocketChannel to, boolean requests) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    try (from) {
      while (from.read(buffer) >= 0) {
        long now = System.nanoTime();
        buffer.flip();
        if (requests) {
          note(buffer.duplicate(), now);
        }
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
      to.shutdownOutput();
    } catch (IOException _) {
      // One side has gone; the other learns it from the closed socket.
      return;
    }
  }

  private void note(ByteBuffer data, long now) {
    byte[] head = new byte[Math.min(512, data.remaining())];
    data.get(head);
    Matcher matcher = CREATE.matcher(new String(head, StandardCharsets.ISO_8859_1));
    if (matcher.find()) {
      created.putIfAbsent(matcher.group(1), now);
    }
  }
}
