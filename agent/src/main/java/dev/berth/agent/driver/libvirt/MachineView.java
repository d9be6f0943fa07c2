package dev.berth.agent.driver.libvirt;

import java.util.Map;
import java.util.UUID;

/// A machine as it was when looked at.
///
/// @param id its UUID
/// @param name its name at the hypervisor
/// @param state what it does
/// @param labels what Berth wrote on it; empty when it is not Berth's
record MachineView(UUID id, String name, MachineState state, Map<String, String> labels) {
  MachineView {
    labels = Map.copyOf(labels);
  }

  /// The same, running.
  MachineView running() {
    return state instanceof MachineState.Active
        ? this
        : new MachineView(id, name, new MachineState.Active(false), labels);
  }
}
