package dev.berth.agent.driver;

/// A driver whose runtime keeps volumes for containers. Published as the capability "volumes".
public interface VolumeCapable {
  /// The runtime's volumes.
  ContainerVolumes volumes();
}
