package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/// The cgroup of one instance: a directory in each hierarchy that is used.
///
/// @param v1 by controller
/// @param v2 in the unified hierarchy
/// @param v2Controllers what that one can enforce
record InstanceCgroup(SortedMap<String, Path> v1, Optional<Path> v2, Set<String> v2Controllers)
    implements ProcessTree {
  private static final String PROCESSES = "cgroup.procs";
  private static final String KILL = "cgroup.kill";
  private static final String FREEZE = "cgroup.freeze";
  private static final String FROZEN = "FROZEN";
  private static final String THAWED = "THAWED";
  private static final int PERIOD_MICROS = 100_000;
  private static final int QUOTA_MICROS_MIN = 1_000;
  private static final int REMOVE_TRIES = 200;
  private static final int REMOVE_WAIT_MILLIS = 5;

  /// Makes it anew, with limits and with counters that begin at 0. Nothing may be in it.
  void make(CgroupLimits limits) throws IOException, InterruptedException {
    remove();
    for (Path directory : directories()) {
      Files.createDirectories(directory);
    }
    limit(limits);
  }

  /// Holds all that is in it to limits; what is not limited stays as it is.
  void limit(CgroupLimits limits) throws IOException {
    if (limits.memoryBytes() > 0) {
      limitMemory(limits.memoryBytes());
    }
    if (limits.cpuMillis() > 0) {
      long quota = Math.max(QUOTA_MICROS_MIN, limits.cpuMillis() * PERIOD_MICROS / 1000);
      Path directory = v1.get(CgroupGround.CPU);
      if (directory != null) {
        CgroupGround.write(directory.resolve("cpu.cfs_period_us"), "" + PERIOD_MICROS);
        CgroupGround.write(directory.resolve("cpu.cfs_quota_us"), "" + quota);
      } else {
        CgroupGround.write(unified().resolve("cpu.max"), quota + " " + PERIOD_MICROS);
      }
    }
    if (limits.processes() > 0) {
      Path directory = v1.get(CgroupGround.PIDS);
      CgroupGround.write(
          (directory == null ? unified() : directory).resolve("pids.max"),
          Long.toString(limits.processes()));
    }
  }

  /// Swap counts as memory: what is over the limit is not moved there.
  private void limitMemory(long bytes) throws IOException {
    Path directory = v1.get(CgroupGround.MEMORY);
    if (directory == null) {
      CgroupGround.write(unified().resolve("memory.max"), Long.toString(bytes));
      writeIfThere(unified().resolve("memory.swap.max"), "0");
      return;
    }
    Path memory = directory.resolve("memory.limit_in_bytes");
    Path both = directory.resolve("memory.memsw.limit_in_bytes");
    // Memory alone is never allowed more than both together, not even for a moment.
    boolean more = CgroupCounters.number(memory).orElse(Long.MAX_VALUE) < bytes;
    if (more) {
      writeIfThere(both, Long.toString(bytes));
    }
    CgroupGround.write(memory, Long.toString(bytes));
    if (!more) {
      writeIfThere(both, Long.toString(bytes));
    }
  }

  private static void writeIfThere(Path file, String text) throws IOException {
    if (Files.exists(file)) {
      CgroupGround.write(file, text);
    }
  }

  /// Lets all that is in it stand still, or go on.
  void freeze(boolean still) throws IOException {
    Optional<Path> old = oldFreezer();
    if (old.isPresent()) {
      CgroupGround.write(old.get(), still ? FROZEN : THAWED);
    } else {
      CgroupGround.write(unified().resolve(FREEZE), still ? "1" : "0");
    }
  }

  /// Whether all that is in it stands still, or is about to.
  boolean isFrozen() {
    return oldFreezer()
        .map(file -> !CgroupCounters.text(file).orElse(THAWED).strip().equals(THAWED))
        .orElseGet(
            () ->
                v2.flatMap(at -> CgroupCounters.text(at.resolve(FREEZE)))
                    .map(text -> text.strip().equals("1"))
                    .orElse(false));
  }

  private Optional<Path> oldFreezer() {
    return Optional.ofNullable(v1.get(CgroupGround.FREEZER))
        .map(at -> at.resolve("freezer.state"))
        .filter(Files::exists);
  }

  private Path unified() throws IOException {
    return v2.orElseThrow(
        () -> new IOException("this node has no cgroup controller for a limit that was asked for"));
  }

  /// Where a process writes itself to enter it.
  List<Path> entrances() {
    return directories().stream().map(directory -> directory.resolve(PROCESSES)).toList();
  }

  private List<Path> directories() {
    List<Path> all = new ArrayList<>(v1.values());
    v2.ifPresent(all::add);
    return all.stream().distinct().toList();
  }

  /// The one through which its processes are found and killed.
  private Path main() {
    return v2.orElseGet(() -> v1.getOrDefault(CgroupGround.FREEZER, v1.firstEntry().getValue()));
  }

  /// A file that kills all processes when "1" is written to it.
  Optional<Path> killSwitch() {
    return v2.map(at -> at.resolve(KILL)).filter(Files::exists);
  }

  /// Where its processes are listed.
  Path list() {
    return main().resolve(PROCESSES);
  }

  @Override
  public List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    for (String line : CgroupCounters.text(list()).orElse("").lines().toList()) {
      CgroupCounters.parsed(line).ifPresent(pids::add);
    }
    return pids;
  }

  /// Where the kernel cannot do it in one go, they are frozen first, so that none is born meanwhile
  /// and no number becomes another's.
  @Override
  public void kill() throws IOException {
    Optional<Path> killSwitch = killSwitch();
    if (killSwitch.isPresent()) {
      CgroupGround.write(killSwitch.get(), "1");
      // What stands still dies when it goes on.
      Optional<Path> frozen = oldFreezer().filter(_ -> isFrozen());
      if (frozen.isPresent()) {
        CgroupGround.write(frozen.get(), THAWED);
      }
      return;
    }
    Optional<Path> freezer = oldFreezer();
    if (pids().isEmpty()) {
      return;
    }
    if (freezer.isPresent()) {
      CgroupGround.write(freezer.get(), FROZEN);
    }
    try {
      for (long pid : pids()) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
    } finally {
      if (freezer.isPresent()) {
        CgroupGround.write(freezer.get(), THAWED);
      }
    }
  }

  /// Whether its memory limit has killed something since it was made.
  boolean ranOutOfMemory() {
    Path memory = v1.get(CgroupGround.MEMORY);
    Optional<Path> file =
        memory != null
            ? Optional.of(memory.resolve("memory.oom_control"))
            : v2.map(at -> at.resolve("memory.events"));
    return file.map(at -> CgroupCounters.field(at, "oom_kill").orElse(0) > 0).orElse(false);
  }

  /// What the kernel counts.
  CgroupCounters counters() {
    return new CgroupCounters(
        controller -> Optional.ofNullable(v1.get(controller)).filter(Files::isDirectory),
        () -> v2.filter(Files::isDirectory));
  }

  /// Removes it; what has just been killed may still be on its way out.
  void remove() throws IOException, InterruptedException {
    for (Path directory : directories()) {
      for (int attempt = 1; ; attempt++) {
        try {
          boolean _ = Files.deleteIfExists(directory);
          break;
        } catch (DirectoryNotEmptyException e) {
          throw new IOException(directory + ": has cgroups of the program's own; remove them", e);
        } catch (FileSystemException e) {
          if (attempt == REMOVE_TRIES) {
            throw e;
          }
          Thread.sleep(REMOVE_WAIT_MILLIS);
        }
      }
    }
  }
}
