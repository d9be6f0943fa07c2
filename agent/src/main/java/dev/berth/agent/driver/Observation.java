package dev.berth.agent.driver;

import dev.berth.v1.BootPhase;
import java.util.List;
import java.util.Map;

/// One object of a runtime as it was when looked at.
///
/// @param handle which object
/// @param state what it does
/// @param labels what the driver wrote on it, see [Labels]; may be empty for [RunState.Gone]
/// @param phases of its latest start that the driver saw, from CREATED on, in order; empty when it
///     sees none
/// @param note what is worth knowing of how it runs; empty when it runs as it should
public record Observation(
    RuntimeHandle handle,
    RunState state,
    Map<String, String> labels,
    List<BootPhase> phases,
    String note) {
  public Observation {
    labels = Map.copyOf(labels);
    phases = List.copyOf(phases);
  }

  /// One of a driver that sees no phases.
  public Observation(RuntimeHandle handle, RunState state, Map<String, String> labels) {
    this(handle, state, labels, List.of(), "");
  }
}
