package dev.berth.agent.driver;

/// A driver whose runtime has networks of containers. Published as the capability "networks".
public interface NetworkCapable {
  /// The runtime's networks.
  ContainerNetworks networks();
}
