package dev.berth.agent.driver;

import dev.berth.agent.driver.InstanceUsage.Traffic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// What the kernel counts of the processes in a cgroup. Knows both versions of cgroups and their
/// mixture.
///
/// @param v1 its directory in the hierarchy of a controller, such as "memory"
/// @param v2 its directory in the unified hierarchy
public record CgroupCounters(Function<String, Optional<Path>> v1, Supplier<Optional<Path>> v2) {
  private static final int MOST_BYTES = 64 << 10;
  private static final Pattern V1_READ = Pattern.compile("\\d+:\\d+ Read (\\d+)");
  private static final Pattern V1_WRITTEN = Pattern.compile("\\d+:\\d+ Write (\\d+)");
  private static final Pattern V2_READ = Pattern.compile("\\brbytes=(\\d+)");
  private static final Pattern V2_WRITTEN = Pattern.compile("\\bwbytes=(\\d+)");
  private static final long UNLIMITED = 1L << 60;
  private static final OptionalLong NOTHING = OptionalLong.empty();

  /// CPU time used.
  public OptionalLong cpuNanos() {
    Optional<Path> at = v1.apply("cpuacct");
    if (at.isPresent()) {
      return number(at.get().resolve("cpuacct.usage"));
    }
    OptionalLong micros =
        v2.get().map(group -> field(group.resolve("cpu.stat"), "usage_usec")).orElse(NOTHING);
    return micros.isPresent() ? OptionalLong.of(micros.getAsLong() * 1000) : NOTHING;
  }

  /// Memory in use, without what the kernel can give back.
  public OptionalLong memoryBytes() {
    Optional<Path> at = v1.apply("memory");
    if (at.isPresent()) {
      return without(
          number(at.get().resolve("memory.usage_in_bytes")),
          field(at.get().resolve("memory.stat"), "total_inactive_file"));
    }
    return v2.get()
        .map(
            group ->
                without(
                    number(group.resolve("memory.current")),
                    field(group.resolve("memory.stat"), "inactive_file")))
        .orElse(NOTHING);
  }

  private static OptionalLong without(OptionalLong usage, OptionalLong cache) {
    return usage.isPresent()
        ? OptionalLong.of(Math.max(0, usage.getAsLong() - cache.orElse(0)))
        : NOTHING;
  }

  /// The most memory that the group may have; empty: it has no limit of its own.
  public OptionalLong memoryLimitBytes() {
    Optional<Path> at = v1.apply("memory");
    OptionalLong limit =
        at.isPresent()
            ? number(at.get().resolve("memory.limit_in_bytes"))
            : v2.get().map(group -> number(group.resolve("memory.max"))).orElse(NOTHING);
    // Version 1 says "none" as the largest number of whole pages.
    return limit.isPresent() && limit.getAsLong() < UNLIMITED ? limit : NOTHING;
  }

  /// Tasks in the group, each thread being one.
  public OptionalLong pids() {
    return v1.apply("pids")
        .or(v2)
        .map(group -> number(group.resolve("pids.current")))
        .orElse(NOTHING);
  }

  /// Bytes read from disks and written to them.
  public Traffic disk() {
    Optional<String> table =
        v1.apply("blkio")
            .flatMap(at -> text(at.resolve("blkio.throttle.io_service_bytes_recursive")));
    if (table.isPresent()) {
      return Traffic.of(sum(V1_READ, table.get()), sum(V1_WRITTEN, table.get()));
    }
    return v2.get()
        .flatMap(at -> text(at.resolve("io.stat")))
        .map(text -> Traffic.of(sum(V2_READ, text), sum(V2_WRITTEN, text)))
        .orElse(Traffic.UNKNOWN);
  }

  private static long sum(Pattern counter, String table) {
    return counter.matcher(table).results().mapToLong(f -> parsed(f.group(1)).orElse(0)).sum();
  }

  /// A file that is a number.
  public static OptionalLong number(Path file) {
    return text(file).map(text -> parsed(text.strip())).orElse(NOTHING);
  }

  /// The number after a name at the beginning of a line.
  public static OptionalLong field(Path file, String name) {
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

  /// A number, if it is one.
  public static OptionalLong parsed(String digits) {
    try {
      return OptionalLong.of(Long.parseLong(digits));
    } catch (NumberFormatException _) {
      return NOTHING;
    }
  }

  /// What a file of the kernel says; empty when it cannot be read.
  public static Optional<String> text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII));
    } catch (IOException | SecurityException _) {
      return Optional.empty();
    }
  }
}
