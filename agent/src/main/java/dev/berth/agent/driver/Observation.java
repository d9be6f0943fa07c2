package dev.berth.agent.driver;

import java.util.Map;

/// One object of a runtime as it was when looked at.
///
/// @param handle which object
/// @param state what it does
/// @param labels what the driver wrote on it, see [Labels]; may be empty for [RunState.Gone]
public record Observation(RuntimeHandle handle, RunState state, Map<String, String> labels) {
  public Observation {
    labels = Map.copyOf(labels);
  }
}
