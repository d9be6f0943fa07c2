package dev.berth.e2e.harness;

import dev.berth.client.ControllerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A controller in a process of its own, started by its launcher.
public final class ControllerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final List<String> options;
  private final ControllerAddress api;
  private final ControllerAddress join;
  private final ControllerAddress metrics;
  private Daemon daemon;

  private ControllerProcess(Path directory, String address, String etcd, List<String> options) {
    this.directory = directory;
    this.api = new ControllerAddress(address, Ports.free());
    this.join = new ControllerAddress(address, Ports.free());
    this.metrics = new ControllerAddress("127.0.0.1", Ports.free());
    this.options = new ArrayList<>(options);
    this.options.addAll(
        List.of(
            "--api-address=" + api,
            "--join-address=" + join,
            "--metrics-address=" + metrics,
            "--advertise=" + address + ",127.0.0.1",
            "--etcd-endpoints=" + etcd));
    this.daemon = launch();
  }

  /// Makes certificates and what else a controller's data directory holds.
  public static void init(Path directory, String address) {
    Command.of(
            launcher(), "init", "--data-dir=" + directory, "--advertise=" + address + ",127.0.0.1")
        .output();
  }

  /// Starts one and waits until it leads.
  ///
  /// @param address where it listens
  /// @param etcd endpoint of etcd
  /// @param options more flags, such as "--lost-timeout=8s"
  public static ControllerProcess start(
      Path directory, String address, String etcd, List<String> options) {
    ControllerProcess controller = new ControllerProcess(directory, address, etcd, options);
    controller.awaitReady();
    return controller;
  }

  /// Starts one of several, without waiting.
  static ControllerProcess launch(
      Path directory, String address, String etcd, List<String> options) {
    return new ControllerProcess(directory, address, etcd, options);
  }

  /// Waits until it leads, or follows another one.
  public void awaitServing() {
    var _ = daemon.awaitAnyLine(List.of("READY ", "FOLLOWS "), START_LIMIT);
  }

  /// Starts it again after its end, without waiting.
  public void relaunch() {
    daemon.terminate(Duration.ofSeconds(15));
    daemon = launch();
  }

  /// Puts a snapshot into its etcd, which must be empty.
  ///
  /// @return what it said
  public CommandResult restore(Path snapshot) {
    List<String> words =
        new ArrayList<>(
            List.of(launcher(), "restore", snapshot.toString(), "--data-dir=" + directory));
    words.addAll(options);
    return Command.of(words).run();
  }

  /// Where users and agents connect.
  public ControllerAddress api() {
    return api;
  }

  /// Where agents join.
  public ControllerAddress join() {
    return join;
  }

  /// Where Prometheus scrapes.
  public ControllerAddress metrics() {
    return metrics;
  }

  /// Its certificates: ca.crt, admin.crt, admin.key …
  public Path pki() {
    return directory.resolve("pki");
  }

  /// The process.
  public Daemon daemon() {
    return daemon;
  }

  /// Kills it.
  public void kill() {
    daemon.kill();
  }

  /// Starts it again after its end and waits until it leads.
  public void restart() {
    daemon.terminate(Duration.ofSeconds(15));
    daemon = launch();
    awaitReady();
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
    List<String> words = new ArrayList<>(List.of(launcher(), "run", "--data-dir=" + directory));
    words.addAll(options);
    return Daemon.start(directory, "controller", words, Map.of());
  }

  private void awaitReady() {
    daemon.awaitLine("READY ", START_LIMIT);
  }

  private static String launcher() {
    return Repository.root().resolve("deploy/bin/berth-controller").toString();
  }

  /// Environment that points the command line at this controller, as its administrator.
  Map<String, String> adminEnvironment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("BERTH_ADDR", api.toString());
    environment.put("BERTH_CACERT", pki().resolve("ca.crt").toString());
    environment.put("BERTH_CLIENT_CERT", pki().resolve("admin.crt").toString());
    environment.put("BERTH_CLIENT_KEY", pki().resolve("admin.key").toString());
    environment.put("BERTH_CONFIG", directory.resolve("no-config.yaml").toString());
    return environment;
  }
}
