package dev.berth.cli.up;

import dev.berth.client.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A Docker daemon of the cluster's own, for hosts where none runs: everything of it lies in the
/// data directory.
final class DockerDaemon {
  static final String NAME = "dockerd";
  static final String USUAL_HOST = "unix:///var/run/docker.sock";
  private static final Path USUAL_SOCKET = Path.of("/var/run/docker.sock");

  private final DataDir dir;
  private final Path checkout;

  DockerDaemon(DataDir dir, Path checkout) {
    this.dir = dir;
    this.checkout = checkout;
  }

  String host() {
    return "unix://" + socket();
  }

  private Path socket() {
    return dir.docker().resolve("docker.sock");
  }

  /// What to supervise.
  ///
  /// @param usualToo whether it also listens where `docker` looks by itself
  ChildSpec spec(boolean usualToo) {
    DockerEndpoint endpoint = new DockerEndpoint(host());
    List<String> command =
        new ArrayList<>(
            List.of(
                "dockerd",
                "--data-root=" + dir.docker().resolve("root"),
                "--exec-root=" + dir.docker().resolve("exec"),
                "--pidfile=" + dir.docker().resolve("pid"),
                "--host=" + host()));
    if (usualToo) {
      command.add("--host=" + USUAL_HOST);
    }
    return new ChildSpec(
        NAME,
        command,
        Map.of("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"),
        dir.log(NAME),
        (log, offset) -> Files.exists(socket()) && endpoint.reachable(),
        Duration.ofSeconds(60));
  }

  /// Before the first start: notes what of Docker is in the kernel already and so is not ours to
  /// remove.
  void prepare() throws StartFailure, InterruptedException {
    try {
      Files.createDirectories(dir.docker());
      Files.deleteIfExists(dir.docker().resolve("pid"));
      if (!Files.exists(dir.dockerTraces())) {
        traces("note", List.of(dir.dockerTraces().toString())).run();
      }
    } catch (IOException e) {
      throw new StartFailure(
          "docker: " + dir.docker() + " cannot be written: " + FileTrouble.why(e), e);
    }
  }

  /// After it ended: removes what it left in the kernel and in /run.
  void clear() throws StartFailure, InterruptedException {
    traces("clear", List.of(dir.dockerTraces().toString(), dir.docker().toString())).run();
    try {
      if (Files.exists(USUAL_SOCKET) && !new DockerEndpoint(USUAL_HOST).reachable()) {
        Files.deleteIfExists(USUAL_SOCKET);
      }
    } catch (IOException e) {
      throw new StartFailure(
          "docker: " + USUAL_SOCKET + " is stale and cannot be removed: " + FileTrouble.why(e), e);
    }
  }

  /// True when containers of a daemon that was killed run on: only a daemon can end them in good
  /// order.
  boolean leftContainers() {
    String mark = dir.docker().resolve("exec").toString();
    try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
      return processes.anyMatch(
          process ->
              process
                  .info()
                  .commandLine()
                  .filter(line -> line.contains("shim") && line.contains(mark))
                  .isPresent());
    }
  }

  private Tool traces(String action, List<String> arguments) {
    List<String> command =
        new ArrayList<>(List.of(checkout.resolve("deploy/lib/docker-traces").toString(), action));
    command.addAll(arguments);
    return new Tool("docker-traces " + action, command, dir.log("up"), Duration.ofSeconds(20));
  }
}
