package dev.berth.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A libvirtd of its own, in a host's network namespace or in the machine's, with all of its state
/// in one directory.
public final class LibvirtHost implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  // What libvirt has found out about QEMU and KVM: seconds of work, the same for all on a machine.
  private static final Map<String, byte[]> LEARNT = new TreeMap<>();

  private final String name;
  private final UnaryOperator<List<String>> inside;
  private final Path directory;
  private Daemon daemon;

  private LibvirtHost(String name, UnaryOperator<List<String>> inside, Path directory) {
    this.name = name;
    this.inside = inside;
    this.directory = directory;
    remember();
    this.daemon = launch();
  }

  /// Starts one in a host's network and waits until it answers.
  ///
  /// @param directory short: sockets lie in it
  public static LibvirtHost start(String name, HostLink link, Path directory) {
    return start(name, link::inside, directory);
  }

  /// Starts one in the machine's own network and waits until it answers.
  ///
  /// @param directory short: sockets lie in it
  public static LibvirtHost start(String name, Path directory) {
    return start(name, words -> words, directory);
  }

  private static LibvirtHost start(
      String name, UnaryOperator<List<String>> inside, Path directory) {
    LibvirtHost host = new LibvirtHost(name, inside, directory);
    try {
      host.awaitReady();
      learn(directory.resolve("cache"));
      return host;
    } catch (RuntimeException | AssertionError e) {
      host.close();
      throw e;
    }
  }

  /// Its name.
  public String name() {
    return name;
  }

  /// How clients reach it.
  public String uri() {
    return Command.of(script(), "--uri", directory.toString()).output().strip();
  }

  /// The virsh command against this libvirtd.
  public Command virsh(String... words) {
    List<String> all = new ArrayList<>(List.of("virsh", "-q", "-c", uri()));
    all.addAll(List.of(words));
    return Command.of(all);
  }

  /// Names of the domains that run, as libvirt itself says.
  public List<String> running() {
    return names("--state-running");
  }

  /// Names of all domains, as libvirt itself says.
  public List<String> domains() {
    return names("--all");
  }

  /// Process id of a running domain's QEMU.
  ///
  /// @param domain its name
  public long process(String domain) {
    Path pid = directory.resolve("run/qemu").resolve(domain + ".pid");
    try {
      return Long.parseLong(Files.readString(pid).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether guests run under KVM here; they are emulated otherwise.
  public boolean usesKvm() {
    return daemon.err().contains("KVM is usable");
  }

  /// The process that supervises libvirtd, with its log.
  public Daemon daemon() {
    return daemon;
  }

  /// Kills libvirtd with SIGKILL. Guests run on.
  public void kill() {
    Path pid = directory.resolve("run/libvirtd.pid");
    try {
      Command.of("kill", "-KILL", Files.readString(pid).strip()).output();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon.awaitEnd(END_LIMIT);
  }

  /// Ends libvirtd politely. Guests run on.
  public void stop() {
    daemon.terminate(END_LIMIT);
  }

  /// Starts libvirtd again after its end and waits until it answers.
  public void start() {
    daemon = launch();
    awaitReady();
  }

  /// Ends libvirtd and starts it again. Guests run on meanwhile.
  public void restart() {
    stop();
    start();
  }

  /// Ends it with all of its guests.
  @Override
  public void close() {
    daemon.terminate(END_LIMIT);
    Command.of(script(), "--stop-all", directory.toString()).output();
  }

  @Override
  public String toString() {
    return name + ": " + daemon;
  }

  private List<String> names(String which) {
    return virsh("list", "--name", which).output().lines().filter(l -> !l.isBlank()).toList();
  }

  private Daemon launch() {
    List<String> words = List.of(script(), directory.toString());
    return Daemon.start(directory, "libvirt", inside.apply(words), Map.of());
  }

  private void awaitReady() {
    daemon.awaitLine("READY ", START_LIMIT);
  }

  private static String script() {
    return Repository.root().resolve("deploy/lib/libvirt-daemon").toString();
  }

  private void remember() {
    synchronized (LEARNT) {
      LEARNT.forEach(
          (file, bytes) -> {
            try {
              Path path = directory.resolve("cache").resolve(file);
              Files.createDirectories(path.resolveSibling(""));
              Files.write(path, bytes);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private static void learn(Path cache) {
    synchronized (LEARNT) {
      if (!LEARNT.isEmpty()) {
        return;
      }
      try (Stream<Path> files = Files.walk(cache)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          LEARNT.put(cache.relativize(file).toString(), Files.readAllBytes(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
