package dev.berth.e2e;

import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Ports;
import dev.berth.e2e.harness.WorkDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Debian's docker-registry on an address that hosts reach, with TLS by a certificate of its own,
/// and one user.
final class TestRegistry implements AutoCloseable {
  static final String USER = "ann";
  static final String PASSWORD = "s3cret";

  // Bcrypt of the password, with the least cost.
  private static final String HTPASSWD =
      USER + ":$2b$04$LASS2RcaLVEz5HLdB/P2SeK0.vnVjhLlFLXE3qAEeC4pAfkRXrGQm\n";

  private final String address;
  private final int port;
  private final Path certificate;
  private final Daemon daemon;

  private TestRegistry(String address, int port, Path certificate, Daemon daemon) {
    this.address = address;
    this.port = port;
    this.certificate = certificate;
    this.daemon = daemon;
  }

  /// Starts one and waits until it answers.
  static TestRegistry start(WorkDirectory work, String address) {
    Path directory = work.directory("registry");
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    var _ =
        Command.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days=2",
                "-subj=/CN=registry",
                "-addext=subjectAltName=IP:" + address,
                "-keyout=" + key,
                "-out=" + certificate)
            .output();
    Path users = work.file("htpasswd", HTPASSWD);
    int port = Ports.free();
    Path config =
        work.file(
            "registry.yml",
            """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: "%s:%d", tls: {certificate: %s, key: %s}}
            auth: {htpasswd: {realm: berth, path: %s}}
            """
                .formatted(directory.resolve("data"), address, port, certificate, key, users));
    Daemon daemon =
        Daemon.start(
            directory,
            "registry",
            List.of("docker-registry", "serve", config.toString()),
            Map.of());
    TestRegistry registry = new TestRegistry(address, port, certificate, daemon);
    var _ =
        Eventually.until(
            "the registry answers",
            () -> registry.curl("https://" + registry.host() + "/v2/").run().exitCode(),
            code -> code == 0);
    return registry;
  }

  /// As it stands in names of images.
  String host() {
    return address + ":" + port;
  }

  int port() {
    return port;
  }

  /// Its certificate, which is its own authority.
  Path certificate() {
    return certificate;
  }

  /// The program curl with its user's password and these words.
  Command curl(String... words) {
    List<String> all =
        new java.util.ArrayList<>(List.of("curl", "-ksSf", "-u", USER + ":" + PASSWORD));
    all.addAll(List.of(words));
    return Command.of(all);
  }

  @Override
  public void close() {
    daemon.close();
  }
}
