package dev.berth.agent.session;

import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.image.NodeImages;
import java.util.Optional;

/// The images of a host.
///
/// @param disks of virtual machines; empty: it runs none
/// @param containers of its runtime for containers; empty: it has none that keeps images
public record HostImages(Optional<NodeImages> disks, Optional<ContainerImages> containers) {
  /// Neither of them.
  public static HostImages none() {
    return new HostImages(Optional.empty(), Optional.empty());
  }
}
