package dev.berth.cli.up;

import dev.berth.client.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;

/// Where everything of a one-machine cluster lies; all that `down` leaves behind.
///
/// @param root absolute
record DataDir(Path root) {
  // Docker puts sockets of up to 40 more characters below this, and the kernel takes 107.
  private static final int MOST_CHARACTERS = 60;

  /// The given directory, or BERTH_DATA_DIR, or `berth` below XDG_DATA_HOME or ~/.local/share.
  static DataDir choose(String given, Map<String, String> environment) throws StartFailure {
    Path root =
        Path.of(given.isEmpty() ? fallback(environment) : given).toAbsolutePath().normalize();
    if (root.toString().length() > MOST_CHARACTERS) {
      throw StartFailure.usage(
          "--data-dir: "
              + root
              + " has more than "
              + MOST_CHARACTERS
              + " characters, too many for the sockets below it. Choose a shorter path, such as"
              + " --data-dir=/var/lib/berth");
    }
    return new DataDir(root);
  }

  private static String fallback(Map<String, String> environment) {
    String chosen = environment.getOrDefault("BERTH_DATA_DIR", "");
    if (!chosen.isEmpty()) {
      return chosen;
    }
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    String home = environment.getOrDefault("HOME", "/root");
    return (data.isEmpty() ? home + "/.local/share" : data) + "/berth";
  }

  /// Makes it, for its owner alone.
  void create() throws StartFailure {
    try {
      Files.createDirectories(root);
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(run());
    } catch (IOException e) {
      throw new StartFailure("--data-dir: " + root + " cannot be made: " + FileTrouble.why(e), e);
    }
  }

  Path run() {
    return root.resolve("run");
  }

  Path lock() {
    return run().resolve("lock");
  }

  Path processes() {
    return run().resolve("processes");
  }

  Path settings() {
    return run().resolve("settings");
  }

  Path keepWorkloads() {
    return run().resolve("keep-workloads");
  }

  Path dockerTraces() {
    return run().resolve("docker-traces");
  }

  Path controller() {
    return root.resolve("controller");
  }

  Path agent() {
    return root.resolve("agent");
  }

  Path token() {
    return run().resolve("join-token");
  }

  Path etcd() {
    return root.resolve("etcd");
  }

  Path docker() {
    return root.resolve("docker");
  }

  Path libvirt() {
    return root.resolve("libvirt");
  }

  /// Whether the agent has plain processes, running or ended.
  boolean leftProcesses() {
    try (Stream<Path> names = Files.list(agent().resolve("processes"))) {
      return names.anyMatch(each -> each.getFileName().toString().matches("[0-9a-f]{32}"));
    } catch (IOException _) {
      return false; // it never had any
    }
  }

  /// There once the demo guest is in the agent's image store.
  Path demoVm() {
    return root.resolve("demo-vm");
  }

  LogFile log(String name) {
    return new LogFile(root.resolve("log").resolve(name + ".log"));
  }
}
