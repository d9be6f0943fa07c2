package dev.berth.cli.up;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.client.context.ContextFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth up`.
@Command(
    name = "up",
    description = {
      "Starts a one-machine cluster on this host: etcd, a controller and an agent, with mutual TLS"
          + " between them.",
      "Stays in the foreground until Ctrl-C, or with -d in the background until berth down. Uses"
          + " the Docker daemon that answers, or starts one of its own when it is root.",
      "Virtual machines work where libvirt and QEMU are installed (deploy/bootstrap --with-vm): it"
          + " uses the libvirt that answers, or starts one of its own when it is root."
    })
public final class UpCommand implements Callable<Integer> {
  @Option(
      names = {"-d", "--detach"},
      description = "Returns when the cluster is ready, and keeps it running in the background.")
  private boolean detach;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "",
      description =
          "Everything of the cluster lies here (BERTH_DATA_DIR; default: ~/.local/share/berth).")
  private String dataDir = "";

  @Option(
      names = "--port-base",
      paramLabel = "N",
      defaultValue = "0",
      description = "Uses the ports N to N+5 (default: 7443 to 7446, 9641 and 9642).")
  private int portBase;

  @Option(
      names = "--docker-host",
      paramLabel = "URL",
      defaultValue = "",
      description =
          "The Docker daemon to use, unix:///path or tcp://host:port (DOCKER_HOST; default:"
              + " unix:///var/run/docker.sock).")
  private String dockerHost = "";

  @Option(names = "--no-docker-start", description = "Never starts a Docker daemon.")
  private boolean noDockerStart;

  @Option(names = "--no-vm", description = "Offers no virtual machines.")
  private boolean noVm;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Name of this host's node (default: its host name).")
  private String node = "";

  @Option(
      names = "--context-name",
      paramLabel = "NAME",
      defaultValue = "local",
      description = "Context to write for the command line (default: local).")
  private String contextName = "local";

  @Option(
      names = "--supervise",
      hidden = true,
      description = "Is the supervisor in the background.")
  private boolean supervise;

  private final Terminal terminal;

  /// @param terminal of the user
  public UpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      UpSettings settings = settings();
      settings.dir().create();
      if (detach) {
        // The supervisor takes the lock itself: here it is only looked at.
        return RunLock.held(settings.dir().lock())
            ? alreadyRunning(settings)
            : new Detached(terminal, settings).launch(arguments());
      }
      Optional<RunLock> lock = RunLock.tryTake(settings.dir().lock());
      if (lock.isEmpty()) {
        return alreadyRunning(settings);
      }
      try (RunLock _ = lock.get()) {
        return supervise(settings);
      }
    } catch (StartFailure e) {
      terminal.say("berth up: " + e.getMessage());
      return e.exitCode();
    } catch (IOException e) {
      terminal.say("berth up: " + e.getMessage());
      return ExitCode.FAILURE;
    }
  }

  private int alreadyRunning(UpSettings settings) throws IOException {
    UpSettings running = UpSettings.load(settings.dir()).orElse(settings);
    terminal.say(
        "Berth runs already (API 127.0.0.1:"
            + running.ports().api()
            + ", data in "
            + running.dir().root()
            + "); "
            + berth()
            + " down stops it.");
    return 0;
  }

  private int supervise(UpSettings settings)
      throws StartFailure, InterruptedException, IOException {
    long began = System.nanoTime();
    DetachedProgress background = new DetachedProgress(terminal.out(), terminal.err());
    Progress progress = supervise ? background : terminal::say;
    ProcessTable table = ProcessTable.load(settings.dir().processes());
    LocalCluster cluster =
        new LocalCluster(settings, ContextFile.location(terminal.environment()), table, progress);
    ProcessRef.of(Members.SUPERVISOR, ProcessHandle.current().pid()).ifPresent(table::put);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(cluster)));
    try {
      cluster.start();
      String result = result(cluster, settings, System.nanoTime() - began);
      if (supervise) {
        background.result(result);
        background.end(true, "");
      } else {
        terminal.out().println(result);
        terminal.say("Ctrl-C stops it.");
        terminal.flush();
      }
    } catch (StartFailure e) {
      cluster.stop();
      if (supervise) {
        background.end(false, String.valueOf(e.getMessage()));
        return 1;
      }
      throw e;
    }
    new CountDownLatch(1).await();
    return 0;
  }

  private void stop(LocalCluster cluster) {
    try {
      cluster.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String result(LocalCluster cluster, UpSettings settings, long nanos) throws StartFailure {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Berth is up after %.1f s: node %s, API 127.0.0.1:%d%n",
            nanos / 1e9,
            settings.node(),
            settings.ports().api()));
    text.append("Data, logs and certificates: ").append(settings.dir().root()).append('\n');
    text.append("Try:");
    for (String command : Tries.commands(berth(), cluster.access().workloads())) {
      text.append("\n  ").append(command);
    }
    return text.toString();
  }

  private String berth() {
    return terminal.environment().getOrDefault("BERTH_COMMAND", "berth");
  }

  private UpSettings settings() throws StartFailure {
    String checkout = terminal.environment().getOrDefault("BERTH_ROOT", "");
    if (checkout.isEmpty()) {
      throw new StartFailure("BERTH_ROOT is not set: start it as ./berth in a checkout of Berth");
    }
    DataDir dir = DataDir.choose(dataDir, terminal.environment());
    Ports ports = portBase == 0 ? Ports.DEFAULT : Ports.from(portBase);
    String said =
        dockerHost.isEmpty() ? terminal.environment().getOrDefault("DOCKER_HOST", "") : dockerHost;
    String host = said.isEmpty() ? DockerDaemon.USUAL_HOST : said;
    DockerEndpoint.parse(host);
    boolean mayStart = !noDockerStart && said.isEmpty();
    return new UpSettings(
        dir,
        Path.of(checkout),
        ports,
        new Runtimes(host, mayStart, !noVm, Runtimes.NO_LIBVIRT),
        node.isEmpty() ? hostName() : node,
        contextName);
  }

  private List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--data-dir=" + dataDir,
                "--port-base=" + portBase,
                "--docker-host=" + dockerHost,
                "--node=" + node,
                "--context-name=" + contextName));
    if (noDockerStart) {
      arguments.add("--no-docker-start");
    }
    if (noVm) {
      arguments.add("--no-vm");
    }
    return arguments;
  }

  /// The host's name as a node's name: lower-case letters, digits and hyphens.
  private static String hostName() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      name = "";
    }
    String label =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("\\..*", "")
            .replaceAll("[^a-z0-9-]", "-")
            .replaceAll("^-+|-+$", "");
    return label.isEmpty() ? "local" : label;
  }
}
