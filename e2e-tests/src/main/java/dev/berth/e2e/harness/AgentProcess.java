package dev.berth.e2e.harness;

import dev.berth.client.ControllerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An agent in a process of its own, inside its host's network.
public final class AgentProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final String LIBVIRT = "--libvirt-uri=";

  private final Path directory;
  private final Host host;
  private final ControllerAddress metrics;
  private List<String> command;
  private Daemon daemon;

  private AgentProcess(Path directory, Host host, List<String> flags) {
    this.directory = directory;
    this.host = host;
    this.metrics = new ControllerAddress(host.link().address(), 9642);
    List<String> words = new ArrayList<>(List.of(launcher(), "run"));
    words.addAll(
        List.of(
            "--data-dir=" + directory,
            "--node=" + host.name(),
            "--address=" + host.link().address(),
            "--metrics-address=" + metrics,
            LIBVIRT + host.libvirtUri()));
    words.addAll(flags);
    this.command = host.link().inside(words);
    this.daemon = launch();
  }

  /// Starts one without waiting for it.
  ///
  /// @param flags where its controllers and Docker are, its token, and more
  public static AgentProcess launch(Path directory, Host host, List<String> flags) {
    return new AgentProcess(directory, host, flags);
  }

  /// Waits until a controller has welcomed it.
  public void awaitReady() {
    daemon.awaitLine("READY ", START_LIMIT);
  }

  /// Where Prometheus scrapes.
  public ControllerAddress metrics() {
    return metrics;
  }

  /// Its data.
  public Path directory() {
    return directory;
  }

  /// Its certificates: node.crt, node.key, ca.crt.
  public Path pki() {
    return directory.resolve("pki");
  }

  /// The process.
  public Daemon daemon() {
    return daemon;
  }

  /// Kills it; its containers and guests live on.
  public void kill() {
    daemon.kill();
  }

  /// Starts it again after its end and waits for its welcome.
  public void restart() {
    daemon.terminate(Duration.ofSeconds(15));
    daemon = launch();
    awaitReady();
  }

  /// Starts it again with other connections to libvirt, and waits for its welcome.
  public void connect(String... uris) {
    String flag = LIBVIRT + String.join(",", uris);
    command = command.stream().map(each -> each.startsWith(LIBVIRT) ? flag : each).toList();
    restart();
  }

  /// Stops and removes all containers and guests of this agent's, without a controller.
  public CommandResult stopInstances() {
    return Command.of(
            host.link()
                .inside(
                    List.of(
                        launcher(),
                        "stop-instances",
                        "--data-dir=" + directory,
                        "--node=" + host.name(),
                        "--docker-host=" + host.dockerHost(),
                        LIBVIRT + host.libvirtUri())))
        .run();
  }

  /// Puts a file into the node's store of images for machines.
  public void importImage(String name, Path file) {
    var _ =
        Command.of(
                launcher(),
                "import-image",
                "--data-dir=" + directory,
                "--name=" + name,
                "--file=" + file)
            .output();
  }

  @Override
  public void close() {
    daemon.close();
  }

  @Override
  public String toString() {
    return daemon.toString();
  }

  private Daemon launch() {
    return Daemon.start(directory, "agent", command, Map.of());
  }

  private static String launcher() {
    return Repository.root().resolve("deploy/bin/berth-agent").toString();
  }
}
