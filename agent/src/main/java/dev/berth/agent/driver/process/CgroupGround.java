package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.facts.CgroupHierarchy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cgroups that this agent can make for instances, below a directory of its own in each
/// hierarchy. What version of cgroups a controller is in is found out, not assumed; where it is in
/// both, version 1 has it, as the kernel decides.
///
/// @param v1 our directory by controller, in hierarchies of version 1
/// @param v2 our directory in the unified hierarchy
/// @param v2Controllers those of the unified hierarchy that can be used below
record CgroupGround(SortedMap<String, Path> v1, Optional<Path> v2, Set<String> v2Controllers) {
  static final String CPU = "cpu";
  static final String CPU_ACCOUNTING = "cpuacct";
  static final String MEMORY = "memory";
  static final String PIDS = "pids";
  static final String FREEZER = "freezer";

  private static final Logger LOG = LoggerFactory.getLogger(CgroupGround.class);
  private static final List<String> WANTED = List.of(CPU, CPU_ACCOUNTING, MEMORY, PIDS, FREEZER);
  private static final List<String> WANTED_V2 = List.of(CPU, MEMORY, PIDS, "io");
  private static final String SUBTREE = "cgroup.subtree_control";

  /// No cgroups at all.
  static final CgroupGround NONE =
      new CgroupGround(new TreeMap<>(), Optional.empty(), new TreeSet<>());

  /// Makes our directories; a hierarchy in which that is not allowed is left out.
  ///
  /// @param base their path below each mount: "berth"
  static CgroupGround open(CgroupHierarchy hierarchy, String base) {
    SortedMap<String, Path> v1 = new TreeMap<>();
    for (String controller : WANTED) {
      Path mount = hierarchy.v1().get(controller);
      if (mount != null && made(mount.resolve(base))) {
        v1.put(controller, mount.resolve(base));
      }
    }
    Optional<Path> v2 = hierarchy.v2().map(at -> at.resolve(base)).filter(CgroupGround::made);
    Set<String> usable = new TreeSet<>();
    if (v2.isPresent()) {
      usable.addAll(delegate(hierarchy.v2().get(), v2.get()));
    }
    return new CgroupGround(v1, v2, usable);
  }

  private static boolean made(Path directory) {
    try {
      Files.createDirectories(directory);
      return Files.isWritable(directory.resolve("cgroup.procs"));
    } catch (IOException e) {
      LOG.debug("{}: cannot be made: {}", directory, e.toString());
      return false;
    }
  }

  /// Lets the cgroups below a directory have controllers, as far as those above let it.
  private static Set<String> delegate(Path mount, Path directory) {
    for (Path at = mount;
        ;
        at = at.resolve(mount.relativize(directory).getName(depth(mount, at)))) {
      for (String controller : WANTED_V2) {
        try {
          write(at.resolve(SUBTREE), "+" + controller);
        } catch (IOException e) {
          LOG.debug("{}: no {} below it: {}", at, controller, e.toString());
        }
      }
      if (at.equals(directory)) {
        return words(directory.resolve(SUBTREE));
      }
    }
  }

  private static int depth(Path mount, Path at) {
    return at.getNameCount() - mount.getNameCount();
  }

  private static Set<String> words(Path file) {
    String text = CgroupCounters.text(file).orElse("").strip();
    return text.isEmpty() ? Set.of() : new TreeSet<>(List.of(text.split("\\s+")));
  }

  static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.WRITE);
  }

  /// Whether what belongs to an instance can be told from all else by its cgroup.
  boolean holdsTrees() {
    return v2.isPresent() || !v1.isEmpty();
  }

  /// Removes our directories when nothing is in them.
  void leave() {
    for (Path directory : Stream.concat(v1.values().stream(), v2.stream()).distinct().toList()) {
      try {
        boolean _ = Files.deleteIfExists(directory);
      } catch (IOException e) {
        LOG.debug("{}: stays: {}", directory, e.toString());
      }
    }
  }

  /// Whether what belongs to an instance can be made to stand still.
  boolean freezes() {
    return v1.containsKey(FREEZER)
        || v2.map(at -> Files.exists(at.resolve("cgroup.freeze"))).orElse(false);
  }

  /// What can be done to a process here, as capabilities of the driver.
  Set<String> capabilities() {
    Set<String> all = new LinkedHashSet<>();
    for (String controller : List.of(CPU, MEMORY, PIDS)) {
      if (v1.containsKey(controller) || v2Controllers.contains(controller)) {
        all.add(controller + "-limit");
      }
    }
    if (all.containsAll(List.of(CPU + "-limit", MEMORY + "-limit"))) {
      all.add("resize");
    }
    if (freezes()) {
      all.add("pause");
    }
    return all;
  }

  /// The cgroup of an instance, which may not be there.
  InstanceCgroup of(String instanceId) {
    SortedMap<String, Path> own = new TreeMap<>();
    v1.forEach((controller, directory) -> own.put(controller, directory.resolve(instanceId)));
    return new InstanceCgroup(own, v2.map(at -> at.resolve(instanceId)), v2Controllers);
  }
}
