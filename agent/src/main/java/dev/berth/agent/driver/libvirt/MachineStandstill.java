package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PauseCapable;

/// Lets machines stand still and go on.
///
/// @param hypervisor runs them
record MachineStandstill(Hypervisor hypervisor) {
  /// Lets a machine stand still; one that does stays so.
  void begin(MachineView machine) throws DriverException {
    if (isPaused(machine)) {
      return;
    }
    try {
      hypervisor.pause(machine.id());
    } catch (HypervisorException e) {
      throw Refusals.driver("PauseFailed", e);
    }
  }

  /// Lets a machine go on; one that runs goes on running.
  void end(MachineView machine) throws DriverException {
    if (!isPaused(machine)) {
      return;
    }
    try {
      hypervisor.unpause(machine.id());
    } catch (HypervisorException e) {
      throw Refusals.driver("PauseFailed", e);
    }
  }

  private static boolean isPaused(MachineView machine) throws DriverException {
    if (!(machine.state() instanceof MachineState.Active(boolean paused))) {
      throw DriverException.permanent(PauseCapable.NOT_RUNNING, "the machine does not run", null);
    }
    return paused;
  }
}
