package dev.berth.cli.up;

import dev.berth.client.FileTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The processes of a one-machine cluster, besides Docker and libvirt: their names, command lines
/// and signs of readiness.
///
/// @param settings what `up` was told
record Members(UpSettings settings) {
  static final String SUPERVISOR = "supervisor";
  static final String ETCD = "etcd";
  static final String CONTROLLER = "controller";
  static final String AGENT = "agent";
  private static final String LOOPBACK = "127.0.0.1:";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  ChildSpec etcd() {
    Ports ports = settings.ports();
    Path pki = etcdPki();
    String client = "https://" + LOOPBACK + ports.etcd();
    String peer = "https://" + LOOPBACK + ports.etcdPeer();
    List<String> command =
        List.of(
            "etcd",
            "--name=berth",
            "--data-dir=" + settings.dir().etcd(),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=berth=" + peer,
            "--client-cert-auth",
            "--trusted-ca-file=" + pki.resolve("ca.crt"),
            "--cert-file=" + pki.resolve("server.crt"),
            "--key-file=" + pki.resolve("server.key"),
            "--peer-client-cert-auth",
            "--peer-trusted-ca-file=" + pki.resolve("ca.crt"),
            "--peer-cert-file=" + pki.resolve("server.crt"),
            "--peer-key-file=" + pki.resolve("server.key"),
            // One member elects itself: there is nobody whose vote could be late.
            "--heartbeat-interval=50",
            "--election-timeout=250",
            "--auto-compaction-mode=revision",
            "--auto-compaction-retention=1000",
            "--logger=zap",
            "--log-level=warn");
    return new ChildSpec(
        ETCD,
        command,
        Map.of(),
        settings.dir().log(ETCD),
        Readiness.port(ports.etcd()),
        START_LIMIT);
  }

  ChildSpec controller() {
    Ports ports = settings.ports();
    List<String> command =
        List.of(
            settings.launcher("berth-controller"),
            "run",
            "--data-dir=" + settings.dir().controller(),
            "--api-address=" + LOOPBACK + ports.api(),
            "--join-address=" + LOOPBACK + ports.join(),
            "--metrics-address=" + LOOPBACK + ports.controllerMetrics(),
            "--etcd-endpoints=https://" + LOOPBACK + ports.etcd());
    return new ChildSpec(
        CONTROLLER,
        command,
        Map.of(),
        settings.dir().log(CONTROLLER),
        Readiness.line(),
        START_LIMIT);
  }

  ChildSpec agent() {
    Ports ports = settings.ports();
    List<String> command =
        new ArrayList<>(
            List.of(
                settings.launcher("berth-agent"),
                "run",
                "--data-dir=" + settings.dir().agent(),
                "--controllers=" + LOOPBACK + ports.api(),
                "--join-address=" + LOOPBACK + ports.join(),
                "--node=" + settings.node(),
                "--address=127.0.0.1",
                "--metrics-address=" + LOOPBACK + ports.agentMetrics(),
                "--docker-host=" + settings.dockerHost(),
                // The images on a person's own machine are that person's.
                "--image-gc-above=100%",
                "--libvirt-uri=" + settings.libvirtUri()));
    if (Files.exists(settings.dir().token())) {
      command.add("--token-file=" + settings.dir().token());
    }
    return new ChildSpec(
        AGENT, command, Map.of(), settings.dir().log(AGENT), Readiness.line(), START_LIMIT);
  }

  /// Makes the authorities and certificates, where they are missing.
  Tool init() {
    List<String> command =
        List.of(
            settings.launcher("berth-controller"),
            "init",
            "--data-dir=" + settings.dir().controller());
    return new Tool(
        "controller init", command, settings.dir().log(CONTROLLER), Duration.ofSeconds(30));
  }

  /// Stops and removes the containers and virtual machines of this cluster's node.
  ///
  /// @param libvirtUri where the latter are, or "none" to leave them alone
  Tool stopInstances(String libvirtUri) {
    List<String> command =
        List.of(
            settings.launcher("berth-agent"),
            "stop-instances",
            "--data-dir=" + settings.dir().agent(),
            "--node=" + settings.node(),
            "--docker-host=" + settings.dockerHost(),
            "--libvirt-uri=" + libvirtUri);
    // They are stopped with their grace, all at once; nobody gives more than minutes.
    return new Tool(
        "agent stop-instances", command, settings.dir().log(AGENT), Duration.ofMinutes(3));
  }

  Path pki() {
    return settings.dir().controller().resolve("pki");
  }

  Path etcdPki() {
    return settings.dir().controller().resolve("etcd-pki");
  }

  /// True once the agent has a certificate of its own.
  boolean joined() {
    return Files.exists(certificate());
  }

  /// True when the agent cannot connect without a new token: it has no certificate, or the one it
  /// has ended while the cluster was down.
  boolean needsToken(Instant now) throws StartFailure {
    if (!joined()) {
      return true;
    }
    try (InputStream in = Files.newInputStream(certificate())) {
      Certificate leaf = CertificateFactory.getInstance("X.509").generateCertificate(in);
      return !(leaf instanceof X509Certificate x509)
          || !now.plus(START_LIMIT).isBefore(x509.getNotAfter().toInstant());
    } catch (IOException | CertificateException e) {
      throw new StartFailure(
          "agent: " + certificate() + " cannot be read: " + FileTrouble.why(e), e);
    }
  }

  private Path certificate() {
    return settings.dir().agent().resolve("pki").resolve("node.crt");
  }
}
