package dev.berth.agent.doctor;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Whether the kernel can hold containers and processes to their limits.
final class CgroupCheck implements Check {
  static final String NAME = "cgroups";

  private static final List<String> NEEDED = List.of("cpu", "memory", "pids");
  private static final List<String> USEFUL = List.of("cpuset", "io");

  @Override
  public List<Finding> of(Observations seen) {
    Optional<Layer> layer = seen.layer(LayerKind.LAYER_KIND_CGROUP);
    if (layer.isEmpty()) {
      return List.of(Finding.skipped(NAME, "the agent's facts say nothing of cgroups"));
    }
    return List.of(finding(layer.get()));
  }

  private static Finding finding(Layer layer) {
    String hierarchy = layer.getName();
    if (hierarchy.equals("cgroup none")) {
      return Finding.problem(
          NAME,
          "no cgroup hierarchy is mounted: nothing is held to its limits",
          "mount -t cgroup2 none /sys/fs/cgroup");
    }
    Set<String> there =
        new TreeSet<>(List.of(layer.getAttributesOrDefault("controllers", "").split(" ", -1)));
    if (there.contains("blkio")) {
      there.add("io"); // its name in v1
    }
    List<String> missing = without(there, NEEDED);
    if (!missing.isEmpty()) {
      return Finding.problem(NAME, text(hierarchy, missing), mend(hierarchy, missing));
    }
    List<String> lacking = without(there, USEFUL);
    return lacking.isEmpty()
        ? Finding.ok(NAME, hierarchy + " with all controllers that are needed")
        : Finding.warning(NAME, text(hierarchy, lacking), mend(hierarchy, lacking));
  }

  private static List<String> without(Set<String> there, List<String> wanted) {
    List<String> missing = new ArrayList<>(wanted);
    missing.removeAll(there);
    return missing;
  }

  private static String text(String hierarchy, List<String> missing) {
    return "%s without %s: such limits do not hold"
        .formatted(hierarchy, String.join(", ", missing));
  }

  private static String mend(String hierarchy, List<String> missing) {
    return hierarchy.equals("cgroup v2")
        ? "echo '+%s' > /sys/fs/cgroup/cgroup.subtree_control".formatted(String.join(" +", missing))
        : "sed -i 's/^GRUB_CMDLINE_LINUX=\"/&cgroup_enable=%s /' /etc/default/grub && update-grub && reboot"
            .formatted(missing.getFirst());
  }
}
