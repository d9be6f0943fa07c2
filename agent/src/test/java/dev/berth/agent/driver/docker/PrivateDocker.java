package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A Docker daemon of our own in a network namespace of its own, started and ended by its process
/// id. Has one image, "berth/test", made of busybox.
final class PrivateDocker implements AutoCloseable {
  static final String IMAGE = "berth/test";
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> PROGRAMS =
      List.of("sh", "sleep", "echo", "cat", "seq", "head", "dd", "httpd", "wget", "touch", "ls");

  private final Path directory;
  private final String namespace;
  private @Nullable Process daemon;

  private PrivateDocker(Path directory) {
    this.directory = directory;
    namespace = String.valueOf(directory.getFileName());
  }

  /// Why no daemon can be started here; empty when one can.
  static Optional<String> obstacle() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("a private dockerd needs root");
    }
    for (String program : List.of("dockerd", "docker", "nsenter", "ip", "iptables", "tar")) {
      if (!onPath(program)) {
        return Optional.of(program + " is not installed");
      }
    }
    return Files.isExecutable(BUSYBOX)
        ? Optional.empty()
        : Optional.of(BUSYBOX + " is missing (package busybox-static)");
  }

  private static boolean onPath(String program) {
    return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin")
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  static PrivateDocker start() throws IOException, InterruptedException {
    PrivateDocker docker = new PrivateDocker(Files.createTempDirectory(Path.of("/tmp"), "bd"));
    boolean ready = false;
    try {
      run("ip", "netns", "add", docker.namespace);
      run("nsenter", "--net=/run/netns/" + docker.namespace, "ip", "link", "set", "lo", "up");
      docker.startDaemon();
      docker.importImage();
      ready = true;
      return docker;
    } finally {
      if (!ready) {
        docker.close();
      }
    }
  }

  URI host() {
    return URI.create("unix://" + directory.resolve("s"));
  }

  Path socket() {
    return directory.resolve("s");
  }

  Path directory() {
    return directory;
  }

  /// Starts the daemon and waits until it answers.
  void startDaemon() throws IOException, InterruptedException {
    Process started =
        new ProcessBuilder(
                "nsenter",
                "--net=/run/netns/" + namespace,
                "dockerd",
                "--data-root=" + directory.resolve("r"),
                "--exec-root=" + directory.resolve("x"),
                "--pidfile=" + directory.resolve("p"),
                "--host=" + host(),
                "--live-restore")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
    daemon = started;
    try (DockerApi api = new DockerApi(host())) {
      await(
          "dockerd answers; see " + directory.resolve("log"),
          Duration.ofSeconds(60),
          () -> {
            if (!started.isAlive()) {
              throw new IllegalStateException("dockerd ended: " + tail(directory.resolve("log")));
            }
            try {
              var _ = api.call("ping", Duration.ofSeconds(1), c -> c.pingCmd().exec());
              return true;
            } catch (dev.berth.agent.driver.DriverException _) {
              return false;
            }
          });
    }
  }

  void signal(String signal) throws IOException, InterruptedException {
    Process running = daemon;
    if (running != null) {
      run("kill", "-" + signal, Long.toString(running.pid()));
    }
  }

  void awaitEnd() throws InterruptedException {
    Process running = daemon;
    if (running != null && !running.waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("dockerd does not end");
    }
  }

  /// How a program is started in the daemon's network namespace.
  List<String> inside() {
    return List.of("nsenter", "--net=/run/netns/" + namespace);
  }

  /// Runs a program in the daemon's network namespace; answers what it printed.
  String inNetwork(String... command) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(inside());
    words.addAll(List.of(command));
    return run(words.toArray(new String[0]));
  }

  DockerClient client() {
    return DockerClientImpl.getInstance(
        new DaemonConfig(host()), new ZerodepDockerHttpClient.Builder().dockerHost(host()).build());
  }

  /// Imports the image, again when it was removed.
  void importImage() throws IOException, InterruptedException {
    Path tar = directory.resolve("i.tar");
    if (Files.notExists(tar)) {
      pack(tar);
    }
    run("docker", "-H", host().toString(), "import", tar.toString(), IMAGE);
  }

  private void pack(Path tar) throws IOException, InterruptedException {
    Path bin = Files.createDirectories(directory.resolve("i/bin"));
    Files.createDirectories(directory.resolve("i/tmp"));
    Files.copy(BUSYBOX, bin.resolve("busybox"));
    for (String program : PROGRAMS) {
      Files.createSymbolicLink(bin.resolve(program), Path.of("busybox"));
    }
    run("tar", "-C", directory.resolve("i").toString(), "-cf", tar.toString(), ".");
  }

  @Override
  public void close() throws IOException {
    try {
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a private dockerd was ended", e);
    }
  }

  private void end() throws IOException, InterruptedException {
    Process running = daemon;
    if (running != null && running.isAlive()) {
      signal("CONT");
      try (DockerClient client = client()) {
        for (Container container : client.listContainersCmd().withShowAll(true).exec()) {
          client.removeContainerCmd(container.getId()).withForce(true).exec();
        }
      } catch (RuntimeException e) {
        System.getLogger("PrivateDocker").log(System.Logger.Level.WARNING, "left behind", e);
      }
      running.destroy();
      if (!running.waitFor(20, TimeUnit.SECONDS)) {
        running.destroyForcibly().waitFor();
      }
    }
    unmount();
    if (Files.exists(Path.of("/run/netns", namespace))) {
      run("ip", "netns", "delete", namespace);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private void unmount() throws IOException, InterruptedException {
    List<String> points =
        Files.readAllLines(Path.of("/proc/self/mounts")).stream()
            .map(line -> line.split(" ", -1)[1])
            .filter(point -> point.startsWith(directory + "/"))
            .toList();
    for (String point : points.reversed()) {
      run("umount", "-l", point);
    }
  }

  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }

  /// Waits for a condition, looking at it ten times a second.
  static void await(String what, Duration limit, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static String tail(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
