package dev.berth.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A host: a network namespace with a Docker daemon of its own in it.
public final class DockerHost implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final String name;
  private final HostLink link;
  private final Path directory;
  private final List<String> options;
  private Daemon daemon;

  private DockerHost(String name, HostLink link, Path directory, List<String> options) {
    this.name = name;
    this.link = link;
    this.directory = directory;
    this.options = List.copyOf(options);
    this.daemon = launch();
  }

  /// Starts a host and waits until its Docker daemon answers.
  ///
  /// @param directory short: sockets lie in it
  /// @param options more options of dockerd, such as "--live-restore"
  public static DockerHost start(Quay quay, String name, Path directory, List<String> options) {
    HostLink link = quay.connect();
    try {
      DockerHost host = new DockerHost(name, link, directory, options);
      host.awaitReady();
      return host;
    } catch (RuntimeException | AssertionError e) {
      link.close();
      throw e;
    }
  }

  /// Its name.
  public String name() {
    return name;
  }

  /// Its address on the bridge.
  public String address() {
    return link.address();
  }

  /// Its network.
  public HostLink link() {
    return link;
  }

  /// The daemon's socket as a URL.
  public String dockerHost() {
    return "unix://" + socket();
  }

  /// The daemon's socket.
  public Path socket() {
    return directory.resolve("d.sock");
  }

  /// The docker command against this daemon.
  public Command docker(String... words) {
    List<String> all = new ArrayList<>(List.of("docker", "-H", dockerHost()));
    all.addAll(List.of(words));
    return Command.of(all);
  }

  /// What the daemon itself says of its containers.
  public DockerProbe probe() {
    return new DockerProbe(this);
  }

  /// Imports the demo image.
  public void importDemo() {
    String build = Repository.root().resolve("deploy/demo/build").toString();
    Command.of(build, "--import", "-H", dockerHost()).output();
  }

  /// Kills the daemon. Containers live on while it is away, and after that with "--live-restore".
  public void killDaemon() {
    daemon.kill();
  }

  /// Ends the daemon politely.
  public void stopDaemon() {
    daemon.terminate(Duration.ofSeconds(60));
  }

  /// Starts the daemon again and waits until it answers.
  public void startDaemon() {
    // What was killed left its pid files behind. The pid of a process that has ended can still be
    // there, as a zombie or as another process, and then it is waited for in vain.
    try {
      Files.deleteIfExists(directory.resolve("d.pid"));
      Files.deleteIfExists(directory.resolve("x/containerd/containerd.pid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon = launch();
    awaitReady();
  }

  @Override
  public void close() {
    try {
      if (daemon.isAlive()) {
        List<String> all = new ArrayList<>(List.of("docker", "-H", dockerHost(), "rm", "-f"));
        List<String> ids = docker("ps", "-aq").run().out().lines().toList();
        all.addAll(ids);
        if (!ids.isEmpty()) {
          Command.of(all).run();
        }
      }
      daemon.terminate(Duration.ofSeconds(30));
    } finally {
      link.close();
    }
  }

  private Daemon launch() {
    List<String> words = new ArrayList<>(List.of("dockerd"));
    words.addAll(List.of("--data-root", directory.resolve("r").toString()));
    words.addAll(List.of("--exec-root", directory.resolve("x").toString()));
    words.addAll(List.of("-p", directory.resolve("d.pid").toString()));
    words.addAll(List.of("-H", dockerHost()));
    words.addAll(options);
    return Daemon.start(directory, "dockerd", link.inside(words), Map.of());
  }

  private void awaitReady() {
    Eventually.within(
        START_LIMIT,
        "dockerd of " + name + " answers",
        () -> daemon.isAlive() ? docker("version").run() : new CommandResult(0, "", "ended"),
        result -> result.exitCode() == 0);
    if (!daemon.isAlive()) {
      throw new AssertionError("dockerd did not start: " + daemon);
    }
  }
}
