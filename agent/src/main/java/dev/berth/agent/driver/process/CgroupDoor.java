package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.facts.CgroupHierarchy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the next entry into a cgroup quick. Whoever enters one waits until no processor is in the
/// middle of what a move disturbs, 7 to 13 ms, unless somebody has just moved. So the agent moves
/// to where it is already, while a carrier is still being started.
///
/// @param own takes the number of a process that is to be where the agent is; empty: there is none
record CgroupDoor(Optional<Path> own) {
  private static final Logger LOG = LoggerFactory.getLogger(CgroupDoor.class);

  /// One that does nothing.
  static final CgroupDoor NONE = new CgroupDoor(Optional.empty());

  /// Of this agent.
  ///
  /// @param proc the kernel's `/proc`
  static CgroupDoor of(CgroupHierarchy hierarchy, Path proc) {
    String table = CgroupCounters.text(proc.resolve("self/cgroup")).orElse("");
    for (String line : table.lines().toList()) {
      // "4:cpu,cpuacct:/a/b", and "0::/a/b" of the unified hierarchy.
      String[] words = line.split(":", 3);
      if (words.length == 3 && words[2].startsWith("/")) {
        Optional<Path> mount =
            words[1].isEmpty() ? hierarchy.v2() : mountOf(hierarchy.v1(), words[1]);
        if (mount.isPresent()) {
          return new CgroupDoor(
              mount.map(at -> at.resolve(words[2].substring(1)).resolve("cgroup.procs")));
        }
      }
    }
    return NONE;
  }

  private static Optional<Path> mountOf(Map<String, Path> v1, String controllers) {
    return Arrays.stream(controllers.split(",", -1))
        .filter(v1::containsKey)
        .map(v1::get)
        .findFirst();
  }

  /// Returns at once. What goes wrong costs a start a few milliseconds.
  void open() {
    own.ifPresent(file -> Thread.ofVirtual().name("cgroup-door").start(() -> move(file)));
  }

  private static void move(Path file) {
    try {
      CgroupGround.write(file, Long.toString(ProcessHandle.current().pid()));
    } catch (IOException e) {
      LOG.debug("{}: cannot be written: {}", file, e.toString());
    }
  }
}
