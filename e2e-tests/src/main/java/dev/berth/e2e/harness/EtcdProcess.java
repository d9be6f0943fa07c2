package dev.berth.e2e.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A real etcd that speaks TLS and asks for client certificates, on loopback.
public final class EtcdProcess implements AutoCloseable {
  private final Path directory;
  private final Path pki;
  private final String name;
  private final List<String> flags;
  private final int clientPort = Ports.free();
  private final int peerPort = Ports.free();
  private final int healthPort = Ports.free();
  private String members;
  private @Nullable Daemon daemon;

  /// A member that is not yet started.
  ///
  /// @param flags more flags, such as "--quota-backend-bytes=16777216"
  EtcdProcess(Path directory, Path pki, String name, List<String> flags) {
    this.directory = directory;
    this.pki = pki;
    this.name = name;
    this.flags = List.copyOf(flags);
    this.members = member();
  }

  /// Starts it and waits until it is healthy.
  ///
  /// @param pki certificates as `berth-controller init` writes them to `etcd-pki`
  public static EtcdProcess start(Path directory, Path pki) {
    EtcdProcess etcd = new EtcdProcess(directory, pki, "e2e", List.of());
    etcd.launch(etcd.member());
    etcd.awaitReady();
    return etcd;
  }

  /// Its name and where its peers reach it.
  String member() {
    return name + "=https://127.0.0.1:" + peerPort;
  }

  /// Starts it, without waiting.
  ///
  /// @param all members of its cluster, with commas between them
  void launch(String all) {
    members = all;
    daemon = launch();
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
    return running().pid();
  }

  /// The port of its clients.
  int port() {
    return clientPort;
  }

  /// Kills it.
  public void kill() {
    running().kill();
  }

  /// Kills it and deletes what it holds.
  void wipe() {
    kill();
    Command.of("rm", "-rf", directory.resolve("data").toString()).output();
  }

  /// Starts it again on the same data and ports, without waiting.
  public void relaunch() {
    daemon = launch();
  }

  /// Starts it again on the same data and port.
  public void restart() {
    running().terminate(Duration.ofSeconds(15));
    daemon = launch();
    awaitReady();
  }

  /// Pauses it with "STOP", lets it go on with "CONT".
  public void signal(String signal) {
    running().signal(signal);
  }

  @Override
  public void close() {
    if (daemon != null) {
      daemon.close();
    }
  }

  private Daemon running() {
    return Objects.requireNonNull(daemon, "not started");
  }

  private Daemon launch() {
    String peer = "https://127.0.0.1:" + peerPort;
    String cert = pki.resolve("server.crt").toString();
    String key = pki.resolve("server.key").toString();
    String ca = pki.resolve("ca.crt").toString();
    List<String> words =
        new ArrayList<>(
            List.of(
                "etcd",
                "--name=" + name,
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + endpoint(),
                "--advertise-client-urls=" + endpoint(),
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=" + members,
                "--listen-metrics-urls=http://127.0.0.1:" + healthPort,
                "--client-cert-auth",
                "--cert-file=" + cert,
                "--key-file=" + key,
                "--trusted-ca-file=" + ca,
                "--peer-client-cert-auth",
                "--peer-cert-file=" + cert,
                "--peer-key-file=" + key,
                "--peer-trusted-ca-file=" + ca,
                "--logger=zap"));
    words.addAll(flags);
    return Daemon.start(directory, "etcd", words, Map.of());
  }

  void awaitReady() {
    Eventually.within(
        Duration.ofMinutes(2),
        "etcd is healthy: " + daemon,
        () -> Http.get("http://127.0.0.1:" + healthPort + "/health"),
        answer -> answer.contains("\"true\""));
  }
}
