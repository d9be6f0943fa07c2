package dev.berth.simulation.kernel;

/// Something that will happen, unless it is cancelled before.
public interface Timer {
  /// It will not happen.
  void cancel();
}
