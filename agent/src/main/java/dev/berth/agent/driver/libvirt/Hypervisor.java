package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.MachineBridge;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What the driver needs of a hypervisor: the seam for hypervisors that libvirt does not reach.
///
/// Calls block, come from any thread and have a time limit of their own. A failure is a
/// [HypervisorException]; whether there is such a machine is part of the answer and no failure.
interface Hypervisor extends GuestChannel, AutoCloseable {
  /// Is told what happens to machines, on one thread of the hypervisor's.
  interface Listener {
    /// Something changed about a machine, whoever it belongs to.
    void changed(UUID machine);

    /// A machine's guest agent has opened its channel. Not told of those that had before.
    void agentConnected(UUID machine);

    /// Nothing more is told until [#resumed].
    void interrupted(String reason);

    /// From here on everything is told. Also called once at the beginning.
    void resumed();
  }

  /// How a machine is asked to end.
  enum Shutdown {
    /// The power button.
    ACPI,
    /// The guest agent.
    GUEST_AGENT
  }

  /// What it is and can do. Never cached.
  HypervisorFacts facts() throws HypervisorException;

  /// Makes a machine, or replaces its definition, and does not start it.
  ///
  /// @param xml libvirt's domain XML
  void define(String xml) throws HypervisorException;

  /// One machine; empty when there is none.
  Optional<MachineView> look(UUID machine) throws HypervisorException;

  /// All machines that carry Berth's labels, running or not.
  List<MachineView> list() throws HypervisorException;

  /// Starts a machine that is off. One that runs goes on running.
  void start(UUID machine) throws HypervisorException;

  /// Asks a machine to end and does not wait for its end.
  ///
  /// @return whether the guest is known to have heard it, so that it must not be asked again
  boolean shutDown(UUID machine, Shutdown way) throws HypervisorException;

  /// Lets a running machine stand still.
  void pause(UUID machine) throws HypervisorException;

  /// Lets a machine that stands still go on.
  void unpause(UUID machine) throws HypervisorException;

  /// Gives a machine other virtual CPUs and memory: now as far as it can take them while it runs,
  /// and from its next start on.
  ///
  /// @return whether it has all of it now, or is off
  boolean resize(UUID machine, long vcpus, long memoryBytes) throws HypervisorException;

  /// Takes a machine's power away. One that is off or not there stays so.
  void powerOff(UUID machine) throws HypervisorException;

  /// Forgets a machine that is off, with its firmware's variables and snapshots' descriptions.
  void undefine(UUID machine) throws HypervisorException;

  /// What running machines use; those that cannot be measured are left out.
  Optional<MachineUsage> usage(UUID machine) throws HypervisorException;

  /// Attaches to a running machine's console, to which one at a time is attached.
  ///
  /// @param force takes it from whoever is attached
  /// @throws HypervisorException of the kind TAKEN when someone is attached and `force` is not set
  Console console(UUID machine, boolean force) throws HypervisorException;

  /// Snapshots of its machines, whether or not it has any. Closed by the caller.
  HypervisorSnapshots snapshots();

  /// The bridges of all machines, whoever they belong to, in order of name.
  List<MachineBridge> bridges() throws HypervisorException;

  /// Begins to tell what happens; called once.
  void follow(Listener listener);

  @Override
  void close();
}
