package dev.berth.simulation.controller;

import dev.berth.controller.loop.Snapshot;

/// Sees what controllers do.
public interface ControllerObserver {
  /// A controller leads and has loaded the state.
  void began(String controller, long epoch);

  /// A leader acts: it answers, or tells an agent something.
  void acts(String controller, long epoch);

  /// A leader has published a state.
  void published(String controller, Snapshot snapshot);

  /// Something happened that must not.
  void failed(String problem);
}
