package dev.berth.agent.driver.docker;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Debian's docker-registry in the network of a [PrivateDocker]; wants a login, and may speak TLS
/// with a certificate that nobody knows. Ends with the test.
final class PrivateRegistry implements AutoCloseable {
  static final String USER = "ann";
  static final String PASSWORD = "s3cret";
  static final String PROGRAM = "docker-registry";

  // Bcrypt of the password, with the least cost.
  private static final String HTPASSWD =
      USER + ":$2b$04$LASS2RcaLVEz5HLdB/P2SeK0.vnVjhLlFLXE3qAEeC4pAfkRXrGQm\n";

  private final String host;
  private final Process process;

  private PrivateRegistry(String host, Process process) {
    this.host = host;
    this.process = process;
  }

  /// @param address of the daemon's network, where it listens
  /// @param tls whether it speaks TLS
  static PrivateRegistry start(PrivateDocker docker, String address, int port, boolean tls)
      throws IOException, InterruptedException {
    Path directory = Files.createDirectories(docker.directory().resolve("registry-" + port));
    Files.writeString(directory.resolve("htpasswd"), HTPASSWD);
    if (tls) {
      makeCertificate(directory, address);
    }
    String security =
        tls ? ", tls: {certificate: %1$s/cert.pem, key: %1$s/key.pem}".formatted(directory) : "";
    Path config =
        Files.writeString(
            directory.resolve("registry.yml"),
            """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: %1$s/data}, delete: {enabled: true}}
            http: {addr: "%2$s:%3$d"%4$s}
            auth: {htpasswd: {realm: berth, path: %1$s/htpasswd}}
            """
                .formatted(directory, address, port, security));
    List<String> words = new ArrayList<>(docker.inside());
    words.addAll(List.of(PROGRAM, "serve", config.toString()));
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    PrivateRegistry registry =
        new PrivateRegistry(InetAddress.getByName(address).getHostAddress() + ":" + port, process);
    PrivateDocker.await(
        "the registry listens", Duration.ofSeconds(30), () -> registry.listens(docker, port));
    return registry;
  }

  private static void makeCertificate(Path directory, String address)
      throws IOException, InterruptedException {
    var _ =
        PrivateDocker.run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days=2",
            "-subj=/CN=registry",
            "-addext=subjectAltName=IP:" + address,
            "-keyout=" + directory.resolve("key.pem"),
            "-out=" + directory.resolve("cert.pem"));
  }

  /// The kernel says who listens in that network.
  private boolean listens(PrivateDocker docker, int port) {
    try {
      String hex = ":%04X ".formatted(port);
      return docker.inNetwork("cat", "/proc/net/tcp").contains(hex)
          || docker.inNetwork("cat", "/proc/net/tcp6").contains(hex);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As it stands in names of images.
  String host() {
    return host;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(10, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
