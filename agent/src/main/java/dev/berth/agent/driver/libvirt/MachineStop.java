package dev.berth.agent.driver.libvirt;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends a machine, after letting it go on if it stands still: by the power button, pressed again
/// now and then because a guest that is still booting does not notice it; then by its guest agent;
/// when the grace is over by taking its power away.
final class MachineStop {
  private static final Logger LOG = LoggerFactory.getLogger(MachineStop.class);
  private static final long LOOK_MILLIS = 100;
  private static final long PRESS_NANOS = Duration.ofSeconds(5).toNanos();

  private final Hypervisor hypervisor;

  MachineStop(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  /// Returns when the machine is off.
  ///
  /// @param grace 0: takes its power away at once
  void run(UUID machine, Duration grace) throws HypervisorException {
    long begun = System.nanoTime();
    long pressed = begun - PRESS_NANOS;
    boolean agentAsked = false;
    boolean heard = false;
    if (!grace.isZero()) {
      goOn(machine);
    }
    while (runs(machine)) {
      long now = System.nanoTime();
      if (now - begun >= grace.toNanos()) {
        hypervisor.powerOff(machine);
        return;
      }
      if (!heard && now - pressed >= PRESS_NANOS) {
        pressed = now;
        heard = ask(machine, Hypervisor.Shutdown.ACPI);
      }
      if (!heard && !agentAsked && now - begun >= grace.toNanos() / 2) {
        agentAsked = true;
        heard = ask(machine, Hypervisor.Shutdown.GUEST_AGENT);
      }
      pause(machine);
    }
  }

  /// One that stands still would hear nothing.
  private void goOn(UUID machine) throws HypervisorException {
    Optional<MachineView> view = hypervisor.look(machine);
    if (view.isPresent() && view.get().state() instanceof MachineState.Active(boolean paused)) {
      try {
        if (paused) {
          hypervisor.unpause(machine);
        }
      } catch (HypervisorException e) {
        if (e.kind() == HypervisorException.Kind.AWAY) {
          throw e;
        }
        LOG.info("machine {} cannot go on to be ended: {}", machine, e.getMessage());
      }
    }
  }

  private boolean runs(UUID machine) throws HypervisorException {
    Optional<MachineView> view = hypervisor.look(machine);
    return view.isPresent() && view.get().state() instanceof MachineState.Active;
  }

  /// A way that is refused is not the last one.
  private boolean ask(UUID machine, Hypervisor.Shutdown way) throws HypervisorException {
    try {
      return hypervisor.shutDown(machine, way);
    } catch (HypervisorException e) {
      if (e.kind() == HypervisorException.Kind.AWAY) {
        throw e;
      }
      LOG.info("machine {} cannot be ended through {}: {}", machine, way, e.getMessage());
      return false;
    }
  }

  private static void pause(UUID machine) throws HypervisorException {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HypervisorException(
          HypervisorException.Kind.FAILED, "stop: interrupted; " + machine + " may still end", e);
    }
  }
}
