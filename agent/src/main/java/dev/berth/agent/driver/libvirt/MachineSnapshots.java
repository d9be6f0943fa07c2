package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.SnapshotCapable;
import dev.berth.spec.Printable;
import dev.berth.v1.VmSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Takes snapshots of machines and goes back to them, one thing at a time on each machine.
///
/// To go back, libvirt ends a running machine's process and starts another one. Nobody is to see
/// that as the machine's end: until it is over, the machine is shown as one that runs ([#look]).
final class MachineSnapshots implements AutoCloseable {
  private final Hypervisor hypervisor;
  private final HypervisorSnapshots snapshots;
  private final Machines machines;
  private final Map<UUID, Work> atWork = new ConcurrentHashMap<>();

  /// What is being done with a machine's snapshots.
  private enum Work {
    /// The machine stays what it is.
    OTHER,
    /// A machine that runs is put back.
    REVERT_RUNNING
  }

  MachineSnapshots(Hypervisor hypervisor, Machines machines) {
    this.hypervisor = hypervisor;
    this.snapshots = hypervisor.snapshots();
    this.machines = machines;
  }

  /// Work on a machine's snapshots.
  interface Job<T> {
    T run() throws HypervisorException, DriverException, IOException;
  }

  /// One machine as others are to see it; empty when there is none.
  Optional<MachineView> look(UUID machine) throws HypervisorException {
    boolean before = isBeingPutBack(machine);
    Optional<MachineView> view = hypervisor.look(machine);
    return before ? view.map(MachineView::running) : view.map(this::shown);
  }

  /// A machine that was looked at just now, as others are to see it.
  MachineView shown(MachineView view) {
    return isBeingPutBack(view.id()) ? view.running() : view;
  }

  private boolean isBeingPutBack(UUID machine) {
    return atWork.get(machine) == Work.REVERT_RUNNING;
  }

  /// Whether the machine stands still for a snapshot, so that what else is asked of it waits.
  boolean isAtWork(UUID machine) {
    return atWork.containsKey(machine);
  }

  List<VmSnapshot> list(MachineView machine) throws DriverException {
    try {
      return snapshots.list(machine.id());
    } catch (HypervisorException e) {
      throw failure(machine, e);
    }
  }

  VmSnapshot create(MachineView machine, String name) throws DriverException {
    return alone(
        machine,
        Work.OTHER,
        () -> {
          List<VmSnapshot> present = snapshots.list(machine.id());
          if (find(present, name).isPresent()) {
            throw DriverException.permanent(
                SnapshotCapable.EXISTS,
                "%s has a snapshot %s already; remove it ('berth vm snapshot rm %s %s') or choose"
                        .formatted(slot(machine), Printable.quote(name), slot(machine), name)
                    + " another name",
                null);
          }
          if (present.size() >= SnapshotCapable.SNAPSHOTS_MAX) {
            throw DriverException.permanent(
                "SnapshotsFull",
                "%s has %d snapshots (expected: at most %d); remove one first"
                    .formatted(slot(machine), present.size(), SnapshotCapable.SNAPSHOTS_MAX),
                null);
          }
          Optional<String> obstacle = snapshots.ground(machine.id()).obstacle();
          if (obstacle.isPresent()) {
            throw DriverException.permanent(
                "NoSnapshots", slot(machine) + ": " + obstacle.get(), null);
          }
          snapshots.create(machine.id(), name);
          return named(machine, name);
        });
  }

  VmSnapshot remove(MachineView machine, String name) throws DriverException {
    return alone(
        machine,
        Work.OTHER,
        () -> {
          VmSnapshot snapshot = named(machine, name);
          snapshots.delete(machine.id(), name);
          return snapshot;
        });
  }

  VmSnapshot revert(MachineView machine, String name) throws DriverException {
    return switch (machine.state()) {
      case MachineState.Active(boolean paused) ->
          alone(machine, Work.REVERT_RUNNING, () -> revertActive(machine, name, paused));
      case MachineState.Off _ -> alone(machine, Work.OTHER, () -> revertOff(machine, name));
    };
  }

  private VmSnapshot revertActive(MachineView machine, String name, boolean paused)
      throws HypervisorException, DriverException {
    VmSnapshot snapshot = named(machine, name);
    if (snapshot.getWithMemory()) {
      snapshots.revertActive(machine.id(), name, paused);
    } else {
      bootAgain(machine, name, paused);
    }
    return snapshot;
  }

  /// libvirt would start a machine whose snapshot has memory, and with it what only one that the
  /// controller wants to run may have: its memory and ports.
  private VmSnapshot revertOff(MachineView machine, String name)
      throws HypervisorException, DriverException {
    VmSnapshot snapshot = named(machine, name);
    SnapshotGround ground = snapshots.ground(machine.id());
    if (!snapshot.getWithMemory() || !ground.emulated()) {
      snapshots.revertOff(machine.id(), snapshot.getName());
      return snapshot;
    }
    for (SnapshotGround.Disk disk : ground.disks()) {
      QemuImg.revert(disk.file(), snapshot.getName());
    }
    return snapshot;
  }

  /// The machine starts anew, and its console tells of it.
  private void bootAgain(MachineView machine, String name, boolean paused)
      throws HypervisorException, DriverException {
    try {
      machines.starting(machine.id(), machine.labels());
    } catch (IOException e) {
      throw DriverException.permanent(
          "SnapshotFailed", slot(machine) + ": its files cannot be written: " + e.getMessage(), e);
    }
    boolean begun = false;
    try {
      snapshots.revertActive(machine.id(), name, paused);
      begun = true;
    } finally {
      if (begun) {
        machines.started(machine.id());
      } else {
        machines.startFailed(machine.id());
      }
    }
  }

  /// Does something else for which the machine's snapshots must stay as they are.
  <T> T alone(MachineView machine, Job<T> job) throws DriverException, IOException {
    return exclusively(machine, Work.OTHER, job);
  }

  private <T> T alone(MachineView machine, Work work, Job<T> job) throws DriverException {
    try {
      return exclusively(machine, work, job);
    } catch (IOException e) {
      throw DriverException.permanent(
          "SnapshotFailed", slot(machine) + ": its files cannot be used: " + e.getMessage(), e);
    }
  }

  private <T> T exclusively(MachineView machine, Work work, Job<T> job)
      throws DriverException, IOException {
    if (atWork.putIfAbsent(machine.id(), work) != null) {
      throw DriverException.permanent(
          "SnapshotBusy",
          ("another snapshot of %s is being taken, reverted to or removed, or an image is being"
                  + " made of it; repeat when that is done")
              .formatted(slot(machine)),
          null);
    }
    try {
      return job.run();
    } catch (HypervisorException e) {
      throw failure(machine, e);
    } finally {
      atWork.remove(machine.id());
    }
  }

  private VmSnapshot named(MachineView machine, String name)
      throws HypervisorException, DriverException {
    Optional<VmSnapshot> found = find(snapshots.list(machine.id()), name);
    if (found.isEmpty()) {
      throw DriverException.permanent(
          SnapshotCapable.MISSING,
          "%s has no snapshot %s: 'berth vm snapshot ls %s' lists those there are"
              .formatted(slot(machine), Printable.quote(name), slot(machine)),
          null);
    }
    return found.get();
  }

  private static Optional<VmSnapshot> find(List<VmSnapshot> all, String name) {
    return all.stream().filter(each -> each.getName().equals(name)).findFirst();
  }

  /// A refusal is the user's to mend: nobody repeats it by himself.
  private static DriverException failure(MachineView machine, HypervisorException e) {
    String message = slot(machine) + ": " + e.getMessage();
    return e.kind() == HypervisorException.Kind.AWAY
        ? DriverException.retryable("RuntimeUnavailable", message, e)
        : DriverException.permanent("SnapshotFailed", message, e);
  }

  private static String slot(MachineView machine) {
    return machine.labels().getOrDefault(Labels.WORKLOAD, machine.name())
        + "."
        + machine.labels().getOrDefault(Labels.SLOT, "?");
  }

  @Override
  public void close() {
    snapshots.close();
  }
}
