package dev.berth.agent.session;

import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.ContainerNetworks;
import dev.berth.agent.driver.ContainerVolumes;
import dev.berth.agent.image.NodeImages;
import java.util.Optional;

/// What a host keeps for its instances: images, and what its runtime for containers has besides.
///
/// @param disks of virtual machines; empty: it runs none
/// @param containers of its runtime for containers; empty: it has none that keeps images
/// @param volumes of the same; empty: it keeps none
/// @param networks of the same; empty: it has none
public record HostImages(
    Optional<NodeImages> disks,
    Optional<ContainerImages> containers,
    Optional<ContainerVolumes> volumes,
    Optional<ContainerNetworks> networks) {
  /// Images alone.
  public HostImages(Optional<NodeImages> disks, Optional<ContainerImages> containers) {
    this(disks, containers, Optional.empty(), Optional.empty());
  }

  /// Nothing of it.
  public static HostImages none() {
    return new HostImages(Optional.empty(), Optional.empty());
  }
}
