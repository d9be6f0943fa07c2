package dev.berth.agent.driver.process;

import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where systemd is the host's first process: a unit of its own that processes are in, whose
/// cgroups systemd leaves to us, and which the agent's unit can be stopped without. One program
/// that sleeps holds it.
///
/// @param commands runs systemd's programs
record SystemdUnit(HostCommands commands) {
  private static final Logger LOG = LoggerFactory.getLogger(SystemdUnit.class);
  private static final String NAME = "berth-processes.service";
  private static final String CARRIERS = "carriers";
  private static final String PROCESSES = "cgroup.procs";

  /// Its cgroup.
  ///
  /// @param base its path below the mount of each hierarchy
  /// @param carriers what takes carriers, in each hierarchy by which systemd tells units apart
  record Cgroup(String base, List<Path> carriers) {}

  /// Whether systemd is the first process of the host whose file system is seen at `root`.
  static boolean isFirst(Path root) {
    return Files.isDirectory(root.resolve("run/systemd/system"));
  }

  /// Starts it unless it runs, and makes room in it; empty when systemd does not let us.
  ///
  /// @param mounts of the hierarchies by which systemd tells units apart
  Optional<Cgroup> open(List<Path> mounts) {
    try {
      String path = show("ControlGroup");
      if (path.isEmpty()) {
        HostCommands.Output started = commands.run(start());
        if (!started.isGood()) {
          throw new IOException(started.text().strip());
        }
        path = show("ControlGroup");
      }
      String holder = show("MainPID");
      if (!path.matches("/[^ ]+") || !holder.matches("[1-9][0-9]*")) {
        throw new IOException(NAME + " has no cgroup or no process");
      }
      String base = path.substring(1);
      List<Path> carriers = new ArrayList<>();
      for (Path mount : mounts) {
        Path directory = mount.resolve(base).resolve(CARRIERS);
        Files.createDirectories(directory);
        carriers.add(directory.resolve(PROCESSES));
        // Where processes are, none of the unified hierarchy's controllers can be had below.
        CgroupGround.write(directory.resolve(PROCESSES), holder);
      }
      return Optional.of(new Cgroup(base, carriers));
    } catch (IOException e) {
      LOG.warn(
          "systemd does not hold processes for us: {}; they are in cgroups of our own",
          e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  static List<String> start() {
    return List.of(
        "systemd-run",
        "--quiet",
        "--unit=" + NAME,
        "--description=Processes that Berth runs",
        "--property=Delegate=yes",
        "--property=TasksMax=infinity",
        "sleep",
        "infinity");
  }

  private String show(String property) throws IOException, InterruptedException {
    HostCommands.Output output =
        commands.run(List.of("systemctl", "show", "--value", "--property=" + property, NAME));
    return output.isGood() ? output.text().strip() : "";
  }
}
