package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.BridgeCapable;
import dev.berth.agent.driver.CommitCapable;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.ConsoleCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.ExecCapable;
import dev.berth.agent.driver.Execution;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.LogCapable;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Occupied;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.agent.driver.SnapshotCapable;
import dev.berth.agent.driver.StatsCapable;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Image;
import dev.berth.v1.InstanceCommitRequest;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenExec;
import dev.berth.v1.Resources;
import dev.berth.v1.VmSnapshot;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs virtual machines through libvirt.
///
/// A machine's UUID is its instance's id, and Berth's labels are in its metadata; its files are in
/// a directory of its own. Machines are defined, so that one that has ended can be looked at and
/// started again.
public final class LibvirtDriver
    implements RuntimeDriver,
        LogCapable,
        StatsCapable,
        ConsoleCapable,
        ExecCapable,
        SnapshotCapable,
        CommitCapable,
        PauseCapable,
        ResizeCapable,
        BridgeCapable {
  private static final Logger LOG = LoggerFactory.getLogger(LibvirtDriver.class);

  private final String name;
  private final Owner owner;
  private final URI uri;
  private final LibvirtPlace place;
  private final Hypervisor hypervisor;
  private final KvmProbe kvm;
  private final LibvirtReport report;
  private final MachineMaker maker;
  private final Machines machines;
  private final MachineStop stop;
  private final MachineSnapshots snapshots;
  private final MachineStandstill standstill;
  private final MachineCommit commit;

  /// Connects when it is first used.
  ///
  /// @param name of this driver, distinct among those of the node
  /// @param uri libvirt's: "qemu:///system"
  /// @param owner whose machines to make and touch
  /// @param place the same for all drivers of a node
  public LibvirtDriver(String name, URI uri, Owner owner, LibvirtPlace place) {
    this(name, uri, owner, place, new LibvirtHypervisor(uri));
  }

  LibvirtDriver(String name, URI uri, Owner owner, LibvirtPlace place, Hypervisor hypervisor) {
    this.name = name;
    this.uri = uri;
    this.owner = owner;
    this.place = place;
    this.hypervisor = hypervisor;
    this.kvm = new KvmProbe(place.root(), "qemu-system-" + MachineMaker.architecture());
    this.report = new LibvirtReport(name, uri, hypervisor, kvm, place);
    this.maker = new MachineMaker(uri, owner, place);
    this.machines = new Machines(name, place);
    this.stop = new MachineStop(hypervisor);
    this.snapshots = new MachineSnapshots(hypervisor, machines);
    this.standstill = new MachineStandstill(hypervisor);
    this.commit = new MachineCommit(hypervisor, place, snapshots);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Kind kind() {
    return Kind.KIND_VM;
  }

  @Override
  public DriverReport describe() {
    return report.now();
  }

  @Override
  public Observation prepare(AssignedInstance instance, PrepareListener listener)
      throws DriverException {
    UUID id = MachineId.of(instance.getInstanceId());
    try {
      Optional<MachineView> existing = hypervisor.look(id);
      if (existing.isPresent()) {
        return ours(existing.get());
      }
      HypervisorFacts facts = hypervisor.facts();
      boolean accelerated = LibvirtReport.accelerates(facts, kvm);
      if (instance.getSpec().getVm().getRequireKvm() && !accelerated) {
        throw DriverException.permanent(
            "KvmMissing", "vm.require_kvm: this node's KVM is " + kvm.verdict().words(), null);
      }
      MachinePlan plan = maker.make(instance, facts, accelerated, listener);
      hypervisor.define(DomainXml.of(plan));
      machines.made(id, note(facts, accelerated, instance), instance.getSpec().getVm());
      return machines.observe(
          new MachineView(
              id, plan.name(), new MachineState.Off(MachineState.Cause.UNKNOWN), plan.labels()));
    } catch (HypervisorException e) {
      throw Refusals.driver("CreateFailed", e);
    }
  }

  private String note(HypervisorFacts facts, boolean accelerated, AssignedInstance instance) {
    return switch (facts.flavour()) {
      case QEMU -> accelerated ? "" : "emulated: KVM is " + LibvirtReport.words(facts, kvm);
      case XEN -> XenLimits.note(instance.getSpec().getVm());
      case TEST -> "";
    };
  }

  private Observation ours(MachineView view) throws DriverException {
    if (!isOurs(view)) {
      throw DriverException.permanent(
          "NameTaken",
          "a machine that is not ours has the UUID " + view.id() + "; undefine it",
          null);
    }
    return machines.observe(view);
  }

  private boolean isOurs(MachineView view) {
    return owner.clusterUid().equals(view.labels().get(Labels.CLUSTER))
        && owner.node().equals(view.labels().get(Labels.NODE))
        && MachineId.instanceId(view.id()).equals(view.labels().get(Labels.INSTANCE));
  }

  @Override
  public Observation start(RuntimeHandle handle) throws DriverException {
    UUID id = MachineId.of(handle.instanceId());
    try {
      MachineView before = existing(id);
      if (before.state() instanceof MachineState.Active) {
        return machines.observe(before);
      }
      machines.starting(id, before.labels());
      boolean begun = false;
      try {
        hypervisor.start(id);
        begun = true;
      } finally {
        if (begun) {
          machines.started(id);
        } else {
          machines.startFailed(id);
        }
      }
      Observation now = inspect(handle);
      if (now.state() instanceof RunState.Exited) {
        // News of its end may have come before its start was over, and were not believed.
        machines.announce(now);
      }
      return now;
    } catch (HypervisorException e) {
      throw Refusals.driver("StartFailed", e);
    } catch (IOException e) {
      throw DriverException.retryable(
          "StartFailed", "its files cannot be written: " + e.getMessage(), e);
    }
  }

  private MachineView existing(UUID id) throws HypervisorException, DriverException {
    Optional<MachineView> view = snapshots.look(id);
    if (view.isEmpty()) {
      throw DriverException.retryable("Vanished", "there is no machine " + id + " any more", null);
    }
    return view.get();
  }

  @Override
  public Observation stop(RuntimeHandle handle, Duration grace) throws DriverException {
    try {
      stop.run(MachineId.of(handle.instanceId()), grace);
    } catch (HypervisorException e) {
      throw Refusals.driver("StopFailed", e);
    }
    return inspect(handle);
  }

  @Override
  public void remove(RuntimeHandle handle) throws DriverException {
    UUID id = MachineId.of(handle.instanceId());
    try {
      Optional<MachineView> view = hypervisor.look(id);
      boolean here = view.isPresent() && isOurs(view.get());
      if (here) {
        hypervisor.powerOff(id);
        hypervisor.undefine(id);
      }
      machines.forget(id);
      MachineFiles files = MachineFiles.of(place.root(), id);
      if (here || files.isFor(uri)) {
        files.remove();
      }
    } catch (HypervisorException e) {
      throw Refusals.driver("RemoveFailed", e);
    } catch (IOException e) {
      throw DriverException.retryable(
          "RemoveFailed", "its files cannot be removed: " + e.getMessage(), e);
    }
  }

  @Override
  public Observation inspect(RuntimeHandle handle) throws DriverException {
    try {
      return observed(MachineId.of(handle.instanceId()))
          .orElseGet(() -> new Observation(handle, new RunState.Gone(), Map.of()));
    } catch (HypervisorException e) {
      throw Refusals.driver("InspectFailed", e);
    }
  }

  /// Looks at a machine, and again when one was started in between.
  private Optional<Observation> observed(UUID id) throws HypervisorException {
    while (true) {
      long starts = machines.starts();
      Optional<MachineView> view = snapshots.look(id);
      if (view.isEmpty()) {
        return Optional.empty();
      }
      Optional<Observation> seen = machines.observe(view.get(), starts);
      if (seen.isPresent()) {
        return seen;
      }
    }
  }

  @Override
  public Listing recover() {
    try {
      List<Observation> found = new ArrayList<>();
      long starts = machines.starts();
      for (MachineView view : hypervisor.list()) {
        if (isOurs(view)) {
          commit.goOn(view);
          Optional<Observation> seen = machines.observe(snapshots.shown(view), starts);
          (seen.isPresent() ? seen : observed(view.id())).ifPresent(found::add);
        }
      }
      return new Listing.Complete(found);
    } catch (HypervisorException e) {
      return new Listing.Unknown(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void follow(RuntimeListener listener) {
    machines.tell(listener);
    hypervisor.follow(
        new Hypervisor.Listener() {
          @Override
          public void changed(UUID machine) {
            told(machine, listener);
          }

          @Override
          public void agentConnected(UUID machine) {
            machines.agentConnected(machine);
          }

          @Override
          public void interrupted(String reason) {
            listener.interrupted(reason);
          }

          @Override
          public void resumed() {
            listener.resumed();
          }
        });
  }

  private void told(UUID machine, RuntimeListener listener) {
    try {
      long starts = machines.starts();
      Optional<MachineView> view = snapshots.look(machine);
      if (view.isPresent() && !isOurs(view.get())) {
        return;
      }
      Optional<Observation> seen =
          view.isPresent() ? machines.observe(view.get(), starts) : Optional.empty();
      listener.changed(
          (seen.isPresent() ? seen : observed(machine))
              .orElseGet(
                  () -> new Observation(machines.handle(machine), new RunState.Gone(), Map.of())));
    } catch (HypervisorException e) {
      LOG.warn("machine {} changed, and cannot be looked at: {}", machine, e.getMessage());
      listener.resumed(); // lists all of them
    }
  }

  @Override
  public LogReader openLogs(RuntimeHandle handle, LogQuery query) throws DriverException {
    UUID id = MachineId.of(handle.instanceId());
    try {
      if (!place.keepsConsoles(hypervisor.facts().flavour())) {
        throw XenLimits.noLogs();
      }
    } catch (HypervisorException e) {
      LOG.debug("what was kept is read all the same: {}", e.getMessage());
    }
    return ConsoleLog.open(MachineFiles.of(place.root(), id), query, () -> runs(id));
  }

  @Override
  public Console openConsole(RuntimeHandle handle, boolean force) throws DriverException {
    UUID id = MachineId.of(handle.instanceId());
    try {
      Optional<MachineView> view = hypervisor.look(id);
      if (view.isEmpty() || !(view.get().state() instanceof MachineState.Active)) {
        throw DriverException.permanent(
            "NotRunning", "the machine does not run, so it has no console now", null);
      }
      return hypervisor.console(id, force);
    } catch (HypervisorException e) {
      throw Refusals.driver(
          e.kind() == HypervisorException.Kind.TAKEN ? "ConsoleBusy" : "ConsoleFailed", e);
    }
  }

  @Override
  public Execution exec(RuntimeHandle handle, OpenExec command) throws DriverException {
    UUID id = MachineId.of(handle.instanceId());
    return GuestCommand.start(GuestAgent.of(hypervisor, id), command);
  }

  @Override
  public List<MachineBridge> bridges() throws DriverException {
    try {
      return hypervisor.bridges();
    } catch (HypervisorException e) {
      throw Refusals.driver("ListFailed", e);
    }
  }

  private boolean runs(UUID id) {
    try {
      Optional<MachineView> view = snapshots.look(id);
      return view.isPresent() && view.get().state() instanceof MachineState.Active;
    } catch (HypervisorException _) {
      return true; // nobody knows: whoever watches goes on watching
    }
  }

  @Override
  public List<InstanceUsage> stats(Collection<RuntimeHandle> handles) {
    List<InstanceUsage> usages = new ArrayList<>();
    for (RuntimeHandle handle : handles) {
      UUID id = MachineId.of(handle.instanceId());
      if (snapshots.isAtWork(id)) {
        continue;
      }
      try {
        hypervisor
            .usage(id)
            .map(
                usage ->
                    new InstanceUsage(
                        handle.instanceId(),
                        usage.cpuNanos(),
                        usage.memory(),
                        InstanceUsage.Traffic.UNKNOWN,
                        usage.disk()))
            .ifPresent(usages::add);
      } catch (HypervisorException e) {
        LOG.debug("machine {} cannot be measured: {}", handle.runtimeId(), e.getMessage());
      }
    }
    return usages;
  }

  @Override
  public OptionalLong storageBytes(RuntimeHandle handle) {
    return Occupied.by(
        MachineFiles.of(place.root(), MachineId.of(handle.instanceId())).directory());
  }

  @Override
  public Effect resize(RuntimeHandle handle, Resources resources) throws DriverException {
    MachineView machine = own(handle);
    try {
      boolean now =
          hypervisor.resize(machine.id(), DomainXml.vcpus(resources), resources.getMemoryBytes());
      return now ? Effect.NOW : Effect.NEXT_START;
    } catch (HypervisorException e) {
      throw Refusals.driver("ResizeFailed", e);
    }
  }

  @Override
  public void pause(RuntimeHandle handle) throws DriverException {
    standstill.begin(own(handle));
  }

  @Override
  public void unpause(RuntimeHandle handle) throws DriverException {
    standstill.end(own(handle));
  }

  @Override
  public Image commit(RuntimeHandle handle, InstanceCommitRequest order, PrepareListener listener)
      throws DriverException {
    return commit.commit(own(handle), order, listener);
  }

  @Override
  public List<VmSnapshot> snapshots(RuntimeHandle handle) throws DriverException {
    return snapshots.list(own(handle));
  }

  @Override
  public VmSnapshot createSnapshot(RuntimeHandle handle, String name) throws DriverException {
    return snapshots.create(own(handle), name);
  }

  @Override
  public VmSnapshot revertSnapshot(RuntimeHandle handle, String name) throws DriverException {
    try {
      return snapshots.revert(own(handle), name);
    } finally {
      announce(handle);
    }
  }

  /// News of its end and its start may have come before it was over, and were not believed.
  private void announce(RuntimeHandle handle) {
    try {
      machines.announce(inspect(handle));
    } catch (DriverException e) {
      LOG.warn("machine {} was put back, and cannot be looked at: {}", handle.runtimeId(), e);
    }
  }

  @Override
  public VmSnapshot removeSnapshot(RuntimeHandle handle, String name) throws DriverException {
    return snapshots.remove(own(handle), name);
  }

  private MachineView own(RuntimeHandle handle) throws DriverException {
    try {
      MachineView view = existing(MachineId.of(handle.instanceId()));
      var _ = ours(view);
      return view;
    } catch (HypervisorException e) {
      throw Refusals.driver("InspectFailed", e);
    }
  }

  @Override
  public void close() {
    machines.close();
    snapshots.close();
    hypervisor.close();
  }
}
