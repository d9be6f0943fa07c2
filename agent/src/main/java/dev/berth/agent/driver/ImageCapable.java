package dev.berth.agent.driver;

/// A driver whose runtime keeps images of containers. Published as the capability "images".
public interface ImageCapable {
  /// The images of its runtime, those that others brought there included.
  ContainerImages images();

  /// The same as something that takes up room.
  ReclaimableImages reclaimable();
}
