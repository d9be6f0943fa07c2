package dev.berth.controller.store;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real etcd of one member on free loopback ports, ended and wiped when closed.
public final class EtcdProcess implements AutoCloseable {
  private final Path directory;
  private final int clientPort;
  private final int peerPort;
  private final EtcdSettings.@Nullable Tls serverTls;
  private Process process;

  private EtcdProcess(Path directory, EtcdSettings.@Nullable Tls serverTls) throws IOException {
    this.directory = directory;
    this.clientPort = freePort();
    this.peerPort = freePort();
    this.serverTls = serverTls;
    this.process = launch();
  }

  /// Whether the program is installed.
  public static boolean isInstalled() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "etcd")));
  }

  /// Starts it without TLS.
  public static EtcdProcess start() throws IOException {
    return new EtcdProcess(Files.createTempDirectory("berth-etcd"), null);
  }

  /// Starts it with TLS and client certificates.
  public static EtcdProcess start(EtcdSettings.Tls serverTls) throws IOException {
    return new EtcdProcess(Files.createTempDirectory("berth-etcd"), serverTls);
  }

  /// How it is reached by a client without certificates.
  public EtcdSettings settings() {
    return new EtcdSettings(
        List.of(endpoint()), null, Duration.ofSeconds(3), Duration.ofSeconds(5));
  }

  /// Its client URL.
  public URI endpoint() {
    return URI.create((serverTls == null ? "http" : "https") + "://127.0.0.1:" + clientPort);
  }

  /// Ends it at once, as a crash would.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Starts it again on the same data and ports.
  public void restart() throws IOException {
    process = launch();
  }

  private Process launch() throws IOException {
    URI peers = URI.create("http://127.0.0.1:" + peerPort);
    ProcessBuilder builder =
        new ProcessBuilder(
            "etcd",
            "--name=test",
            "--data-dir=" + directory.resolve("data"),
            "--listen-client-urls=" + endpoint(),
            "--advertise-client-urls=" + endpoint(),
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=test=" + peers,
            "--log-level=error");
    if (serverTls != null) {
      builder
          .command()
          .addAll(
              List.of(
                  "--cert-file=" + serverTls.certificate(),
                  "--key-file=" + serverTls.key(),
                  "--trusted-ca-file=" + serverTls.ca(),
                  "--client-cert-auth"));
    }
    return builder
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
