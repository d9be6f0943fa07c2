package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.InstanceUsage.Memory;
import dev.berth.agent.driver.InstanceUsage.Traffic;
import dev.berth.agent.facts.CgroupHierarchy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringTokenizer;

/// Reads what a container uses from the kernel's own files: a few small reads, and no call of the
/// daemon. Knows both versions of cgroups, their mixture, and both of docker's cgroup drivers.
final class CgroupUsage {
  private static final int RECEIVED_COLUMN = 0;
  private static final int SENT_COLUMN = 8;

  private final Path root;
  private final CgroupHierarchy cgroups;

  /// @param root where the host's file system is seen: `/`
  CgroupUsage(Path root) {
    this.root = root;
    cgroups = CgroupHierarchy.read(root);
  }

  /// What a container uses; empty when its cgroup is not found or cannot be read.
  Optional<InstanceUsage> of(String instanceId, String containerId) {
    CgroupCounters counters =
        new CgroupCounters(
            controller -> directory(controller, containerId), () -> v2Directory(containerId));
    OptionalLong cpu = counters.cpuNanos();
    OptionalLong memory = counters.memoryBytes();
    if (cpu.isEmpty() && memory.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new InstanceUsage(
            instanceId,
            cpu,
            Memory.of(memory, counters.memoryLimitBytes()),
            network(containerId),
            counters.disk(),
            counters.pids(),
            Duration.ZERO));
  }

  /// In the network namespace of the container's first process.
  private Traffic network(String id) {
    Optional<String> processes =
        directory("memory", id)
            .or(() -> directory("cpuacct", id))
            .or(() -> v2Directory(id))
            .flatMap(at -> CgroupCounters.text(at.resolve("cgroup.procs")));
    String first = processes.map(text -> text.lines().findFirst().orElse("")).orElse("");
    if (first.isEmpty()) {
      return Traffic.UNKNOWN;
    }
    Optional<String> table =
        CgroupCounters.text(root.resolve("proc").resolve(first).resolve("net/dev"));
    if (table.isEmpty()) {
      return Traffic.UNKNOWN;
    }
    long received = 0;
    long sent = 0;
    for (String line : table.get().lines().toList()) {
      int colon = line.indexOf(':');
      if (colon < 0 || line.substring(0, colon).strip().equals("lo")) {
        continue;
      }
      StringTokenizer counters = new StringTokenizer(line.substring(colon + 1));
      for (int column = 0; counters.hasMoreTokens(); column++) {
        long counter = CgroupCounters.parsed(counters.nextToken()).orElse(0);
        received += column == RECEIVED_COLUMN ? counter : 0;
        sent += column == SENT_COLUMN ? counter : 0;
      }
    }
    return Traffic.of(received, sent);
  }

  private Optional<Path> directory(String controller, String id) {
    Path mount = cgroups.v1().get(controller);
    return mount == null ? Optional.empty() : below(mount, id);
  }

  private Optional<Path> v2Directory(String id) {
    return cgroups.v2().flatMap(mount -> below(mount, id));
  }

  /// Where docker's cgroup drivers, cgroupfs and systemd, put a container.
  private static Optional<Path> below(Path mount, String id) {
    for (Path place :
        List.of(
            mount.resolve("docker").resolve(id),
            mount.resolve("system.slice").resolve("docker-" + id + ".scope"))) {
      if (Files.isDirectory(place)) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }
}
