package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.DriverException;
import dev.berth.spec.VolumeRules;
import dev.berth.v1.VolumeSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Where volumes may lead. The driver "local" hands its options to mount(2), which can show a
/// container anything of the node: else a volume would be the way around what mounts of host paths
/// may not do. Other drivers judge for themselves.
///
/// @param paths which paths of the node containers may have
record VolumePolicy(HostPathPolicy paths) {
  private static final String LOCAL = "local";
  private static final String TYPE = "type";
  private static final String DEVICE = "device";
  private static final String MOUNT_OPTIONS = "o";

  /// File systems that come from elsewhere, or from nowhere.
  private static final Set<String> FOREIGN = Set.of("nfs", "nfs4", "cifs", "smb3", "tmpfs");

  private static final Set<String> OWN = Set.of("none", "bind", "");

  /// They make a mount of another kind than its type says.
  private static final List<String> TURNS = List.of("bind", "rbind", "move", "remount");

  /// The options with which the volume is made.
  ///
  /// @throws DriverException permanent, when it would lead to what containers may not have
  Map<String, String> options(VolumeSpec wanted) throws DriverException {
    Map<String, String> options = new TreeMap<>(wanted.getOptionsMap());
    if (!wanted.getDriver().isEmpty() && !wanted.getDriver().equals(LOCAL)) {
      return options;
    }
    String type = options.getOrDefault(TYPE, "");
    if (FOREIGN.contains(type)) {
      for (String option : options.getOrDefault(MOUNT_OPTIONS, "").split(",", -1)) {
        if (TURNS.contains(option.strip())) {
          throw refused("option o: %s does not go with type %s".formatted(option.strip(), type));
        }
      }
      return options;
    }
    if (!OWN.contains(type)) {
      throw refused(
          "option type: %s (expected: none, or one of %s)"
              .formatted(type, String.join(", ", FOREIGN.stream().sorted().toList())));
    }
    String device = options.get(DEVICE);
    if (device != null) {
      String problem = VolumeRules.hostPathProblem(device);
      if (problem != null) {
        throw refused("option device: " + problem);
      }
      switch (paths.judge(device)) {
        case HostPathPolicy.Refused refused -> throw refused(refused.why());
        // Without symbolic links, so that one that is changed later leads nowhere else.
        case HostPathPolicy.Allowed allowed -> options.put(DEVICE, allowed.path().toString());
      }
    } else if (Arrays.stream(options.getOrDefault(MOUNT_OPTIONS, "").split(",", -1))
        .anyMatch(option -> option.contains("/"))) {
      throw refused("option o: names a path (expected: device)");
    }
    return options;
  }

  private static DriverException refused(String why) {
    return DriverException.permanent("VolumeRefused", why, null);
  }
}
