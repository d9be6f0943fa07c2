package dev.berth.agent.doctor;

import dev.berth.agent.forwarding.NetworkView;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.NodeDescription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// All that checks look at, as it was at one time.
///
/// @param node what the agent says of its host
/// @param clockLead how far this host's clock is ahead of the controller's; negative: behind
/// @param docker the Docker daemon's socket
/// @param network what machines and packet filters do
/// @param kernel texts of the kernel's files
/// @param spaces where disks may become full
/// @param user as whom the agent runs
record Observations(
    NodeDescription node,
    Duration clockLead,
    Socket docker,
    NetworkView network,
    Kernel kernel,
    List<Space> spaces,
    String user) {
  Observations {
    spaces = List.copyOf(spaces);
  }

  /// A socket of this host.
  ///
  /// @param exists whether there is a file
  /// @param opens whether the agent's user may write to it
  record Socket(String path, boolean exists, boolean opens) {}

  /// Texts of files below /proc; empty where there is no such file.
  ///
  /// @param ipForward net/ipv4/ip_forward
  /// @param bridgeFilter net/bridge/bridge-nf-call-iptables, which is there when frames on bridges
  ///     may pass iptables
  /// @param limits self/limits
  /// @param fileNumber sys/fs/file-nr
  record Kernel(
      Optional<String> ipForward,
      Optional<String> bridgeFilter,
      Optional<String> limits,
      Optional<String> fileNumber) {}

  /// What df says of a directory's file system.
  ///
  /// @param what lies there: "the agent's state"
  /// @param blocks output of df -P -k; empty: it cannot be seen
  /// @param inodes output of df -P -i
  record Space(String what, String path, Optional<String> blocks, Optional<String> inodes) {}

  /// A driver, if the agent has it.
  Optional<DriverDescription> driver(String name) {
    return node.getDriversList().stream().filter(each -> each.getName().equals(name)).findFirst();
  }

  /// The drivers of a sort: one has its name, others begin with it and a dash.
  List<DriverDescription> drivers(String sort) {
    return node.getDriversList().stream()
        .filter(each -> each.getName().equals(sort) || each.getName().startsWith(sort + "-"))
        .toList();
  }

  /// The first layer of a kind, if there is one.
  Optional<Layer> layer(LayerKind kind) {
    return node.getLayersList().stream().filter(each -> each.getKind() == kind).findFirst();
  }

  /// Whether a driver is there and its runtime answers.
  boolean isAvailable(String driver) {
    return driver(driver).filter(DriverDescription::getAvailable).isPresent();
  }
}
