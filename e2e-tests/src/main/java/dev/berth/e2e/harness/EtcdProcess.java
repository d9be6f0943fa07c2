package dev.berth.e2e.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A real etcd that speaks TLS and asks for client certificates, on loopback.
public final class EtcdProcess implements AutoCloseable {
  private final Path directory;
  private final Path pki;
  private final int clientPort = Ports.free();
  private final int peerPort = Ports.free();
  private final int healthPort = Ports.free();
  private Daemon daemon;

  private EtcdProcess(Path directory, Path pki) {
    this.directory = directory;
    this.pki = pki;
    this.daemon = launch();
  }

  /// Starts it and waits until it is healthy.
  ///
  /// @param pki certificates as `berth-controller init` writes them to `etcd-pki`
  public static EtcdProcess start(Path directory, Path pki) {
    EtcdProcess etcd = new EtcdProcess(directory, pki);
    etcd.awaitReady();
    return etcd;
  }

  /// Where it listens.
  public String endpoint() {
    return "https://127.0.0.1:" + clientPort;
  }

  /// Where it tells Prometheus of itself.
  public String metrics() {
    return "http://127.0.0.1:" + healthPort + "/metrics";
  }

  /// Process id.
  public long pid() {
    return daemon.pid();
  }

  /// Kills it.
  public void kill() {
    daemon.kill();
  }

  /// Starts it again on the same data and port.
  public void restart() {
    daemon.terminate(Duration.ofSeconds(15));
    daemon = launch();
    awaitReady();
  }

  /// Pauses it with "STOP", lets it go on with "CONT".
  public void signal(String signal) {
    daemon.signal(signal);
  }

  @Override
  public void close() {
    daemon.close();
  }

  private Daemon launch() {
    String peer = "https://127.0.0.1:" + peerPort;
    String cert = pki.resolve("server.crt").toString();
    String key = pki.resolve("server.key").toString();
    String ca = pki.resolve("ca.crt").toString();
    return Daemon.start(
        directory,
        "etcd",
        List.of(
            "etcd",
            "--name=e2e",
            "--data-dir=" + directory.resolve("data"),
            "--listen-client-urls=" + endpoint(),
            "--advertise-client-urls=" + endpoint(),
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=e2e=" + peer,
            "--listen-metrics-urls=http://127.0.0.1:" + healthPort,
            "--client-cert-auth",
            "--cert-file=" + cert,
            "--key-file=" + key,
            "--trusted-ca-file=" + ca,
            "--peer-client-cert-auth",
            "--peer-cert-file=" + cert,
            "--peer-key-file=" + key,
            "--peer-trusted-ca-file=" + ca,
            "--logger=zap"),
        Map.of());
  }

  private void awaitReady() {
    Eventually.within(
        Duration.ofSeconds(30),
        "etcd is healthy: " + daemon,
        () -> Http.get("http://127.0.0.1:" + healthPort + "/health"),
        answer -> answer.contains("\"true\""));
  }
}
