package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where the cgroup hierarchies are mounted.
///
/// @param v1 mount points by controller ("cpuacct", "memory" …); empty on a pure v2 host
/// @param v2 mount point of the unified hierarchy, if any
/// @param v2Controllers controllers of the unified hierarchy
public record CgroupHierarchy(
    SortedMap<String, Path> v1, Optional<Path> v2, List<String> v2Controllers) {
  private static final Set<String> MOUNT_OPTIONS = Set.of("rw", "ro", "xattr", "clone_children");

  public CgroupHierarchy {
    v1 = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(v1));
    v2Controllers = List.copyOf(v2Controllers);
  }

  /// Reads the mounts of the host whose file system is seen at `root`.
  public static CgroupHierarchy read(Path root) {
    HostFiles files = new HostFiles(root);
    SortedMap<String, Path> v1 = new TreeMap<>();
    Optional<Path> v2 = Optional.empty();
    for (String line : files.lines("proc/self/mountinfo")) {
      int separator = line.indexOf(" - ");
      String[] before = line.split(" ", -1);
      if (separator < 0 || before.length < 5) {
        continue;
      }
      String[] after = line.substring(separator + 3).split(" ", -1);
      Path mount = files.at(before[4]);
      if (after[0].equals("cgroup2") && v2.isEmpty()) {
        v2 = Optional.of(mount);
      } else if (after[0].equals("cgroup") && after.length >= 3) {
        for (String option : after[2].split(",", -1)) {
          if (isController(option)) {
            v1.putIfAbsent(option, mount);
          }
        }
      }
    }
    List<String> v2Controllers =
        v2.flatMap(mount -> files.text("/" + root.relativize(mount.resolve("cgroup.controllers"))))
            .map(text -> List.of(text.split("\\s+")))
            .orElse(List.of());
    return new CgroupHierarchy(v1, v2, v2Controllers);
  }

  private static boolean isController(String option) {
    return !option.isEmpty() && !option.contains("=") && !MOUNT_OPTIONS.contains(option);
  }

  /// "v1", "v2", "hybrid" (v1 controllers beside a v2 mount) or "none".
  public String version() {
    if (v2.isPresent()) {
      return v1.isEmpty() ? "v2" : "hybrid";
    }
    return v1.isEmpty() ? "none" : "v1";
  }

  /// The layer of a node's description.
  Layer layer() {
    Layer.Builder layer =
        Layer.newBuilder()
            .setKind(LayerKind.LAYER_KIND_CGROUP)
            .setName("cgroup " + version())
            .putAttributes("controllers", String.join(" ", controllers()));
    if (!v1.isEmpty()) {
      layer.putAttributes("controllers_v1", String.join(" ", v1.keySet()));
    }
    v2.ifPresent(_ -> layer.putAttributes("controllers_v2", String.join(" ", v2Controllers)));
    return layer.build();
  }

  private Set<String> controllers() {
    Set<String> all = new TreeSet<>(v1.keySet());
    all.addAll(v2Controllers);
    return all;
  }
}
