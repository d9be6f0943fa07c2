package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.InstanceUsage.Memory;
import dev.berth.agent.driver.InstanceUsage.Traffic;
import dev.berth.agent.facts.CgroupHierarchy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringTokenizer;
import java.util.regex.Pattern;

/// Reads what a container uses from the kernel's own files: a few small reads, and no call of the
/// daemon. Knows both versions of cgroups, their mixture, and both of docker's cgroup drivers.
final class CgroupUsage {
  private static final int MOST_BYTES = 64 << 10;
  private static final int RECEIVED_COLUMN = 0;
  private static final int SENT_COLUMN = 8;
  private static final Pattern V1_READ = Pattern.compile("\\d+:\\d+ Read (\\d+)");
  private static final Pattern V1_WRITTEN = Pattern.compile("\\d+:\\d+ Write (\\d+)");
  private static final Pattern V2_READ = Pattern.compile("\\brbytes=(\\d+)");
  private static final Pattern V2_WRITTEN = Pattern.compile("\\bwbytes=(\\d+)");
  private static final OptionalLong NOTHING = OptionalLong.empty();

  private final Path root;
  private final CgroupHierarchy cgroups;

  /// @param root where the host's file system is seen: `/`
  CgroupUsage(Path root) {
    this.root = root;
    cgroups = CgroupHierarchy.read(root);
  }

  /// What a container uses; empty when its cgroup is not found or cannot be read.
  Optional<InstanceUsage> of(String instanceId, String containerId) {
    OptionalLong cpu = cpuNanos(containerId);
    OptionalLong memory = memoryBytes(containerId);
    if (cpu.isEmpty() && memory.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new InstanceUsage(
            instanceId, cpu, Memory.of(memory), network(containerId), disk(containerId)));
  }

  private OptionalLong cpuNanos(String id) {
    Optional<Path> v1 = directory("cpuacct", id);
    if (v1.isPresent()) {
      return number(v1.get().resolve("cpuacct.usage"));
    }
    OptionalLong micros =
        v2Directory(id).map(at -> field(at.resolve("cpu.stat"), "usage_usec")).orElse(NOTHING);
    return micros.isPresent() ? OptionalLong.of(micros.getAsLong() * 1000) : NOTHING;
  }

  private OptionalLong memoryBytes(String id) {
    Optional<Path> v1 = directory("memory", id);
    if (v1.isPresent()) {
      return without(
          number(v1.get().resolve("memory.usage_in_bytes")),
          field(v1.get().resolve("memory.stat"), "total_inactive_file"));
    }
    return v2Directory(id)
        .map(
            at ->
                without(
                    number(at.resolve("memory.current")),
                    field(at.resolve("memory.stat"), "inactive_file")))
        .orElse(NOTHING);
  }

  private static OptionalLong without(OptionalLong usage, OptionalLong cache) {
    return usage.isPresent()
        ? OptionalLong.of(Math.max(0, usage.getAsLong() - cache.orElse(0)))
        : NOTHING;
  }

  /// In the network namespace of the container's first process.
  private Traffic network(String id) {
    Optional<String> processes =
        directory("memory", id)
            .or(() -> directory("cpuacct", id))
            .or(() -> v2Directory(id))
            .flatMap(at -> text(at.resolve("cgroup.procs")));
    String first = processes.map(text -> text.lines().findFirst().orElse("")).orElse("");
    if (first.isEmpty()) {
      return Traffic.UNKNOWN;
    }
    Optional<String> table = text(root.resolve("proc").resolve(first).resolve("net/dev"));
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
        long counter = parsed(counters.nextToken()).orElse(0);
        received += column == RECEIVED_COLUMN ? counter : 0;
        sent += column == SENT_COLUMN ? counter : 0;
      }
    }
    return Traffic.of(received, sent);
  }

  private Traffic disk(String id) {
    Optional<String> v1 =
        directory("blkio", id)
            .flatMap(at -> text(at.resolve("blkio.throttle.io_service_bytes_recursive")));
    if (v1.isPresent()) {
      return Traffic.of(sum(V1_READ, v1.get()), sum(V1_WRITTEN, v1.get()));
    }
    return v2Directory(id)
        .flatMap(at -> text(at.resolve("io.stat")))
        .map(table -> Traffic.of(sum(V2_READ, table), sum(V2_WRITTEN, table)))
        .orElse(Traffic.UNKNOWN);
  }

  private static long sum(Pattern counter, String table) {
    return counter.matcher(table).results().mapToLong(f -> parsed(f.group(1)).orElse(0)).sum();
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

  private static OptionalLong number(Path file) {
    return text(file).map(text -> parsed(text.strip())).orElse(NOTHING);
  }

  private static OptionalLong field(Path file, String name) {
    Optional<String> text = text(file);
    if (text.isEmpty()) {
      return NOTHING;
    }
    for (String line : text.get().lines().toList()) {
      if (line.startsWith(name + " ")) {
        return parsed(line.substring(name.length() + 1).strip());
      }
    }
    return NOTHING;
  }

  private static OptionalLong parsed(String digits) {
    try {
      return OptionalLong.of(Long.parseLong(digits));
    } catch (NumberFormatException _) {
      return NOTHING;
    }
  }

  private static Optional<String> text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII));
    } catch (IOException | SecurityException _) {
      return Optional.empty();
    }
  }
}
