package dev.berth.agent;

import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.instance.Desired;
import dev.berth.agent.instance.InstanceSnapshot;
import dev.berth.agent.instance.InstanceSupervisor;
import dev.berth.agent.port.InstanceInventory;
import dev.berth.agent.port.InstanceInventory.Slot;
import dev.berth.v1.AssignedInstance;
import java.util.Map;
import java.util.Optional;

/// An instance, who looks after it, and what was last heard of it.
final class Supervised {
  private final InstanceSupervisor supervisor;
  private final RuntimeDriver driver;
  private final Map<String, String> labels;
  private volatile Optional<AssignedInstance> assigned;
  private volatile InstanceSnapshot snapshot;
  private volatile boolean unassigned;

  /// @param assigned as the controller assigned it; empty when it was only found
  /// @param labels of what was found; empty when it is assigned
  Supervised(
      InstanceSupervisor supervisor,
      RuntimeDriver driver,
      Optional<AssignedInstance> assigned,
      Map<String, String> labels) {
    this.supervisor = supervisor;
    this.driver = driver;
    this.assigned = assigned;
    this.labels = labels;
    this.snapshot = supervisor.snapshot();
  }

  InstanceSupervisor supervisor() {
    return supervisor;
  }

  RuntimeDriver driver() {
    return driver;
  }

  Optional<AssignedInstance> assigned() {
    return assigned;
  }

  InstanceSnapshot snapshot() {
    return snapshot;
  }

  void assign(AssignedInstance instance) {
    assigned = Optional.of(instance);
  }

  /// Notes that the controller does not want it any more.
  void unassign() {
    unassigned = true;
  }

  boolean unassigned() {
    return unassigned;
  }

  void saw(InstanceSnapshot next) {
    snapshot = next;
  }

  /// Whether the program may still write output.
  boolean mayWrite() {
    InstanceSnapshot now = snapshot;
    return now.running() || (!now.ended() && !(now.desired() instanceof Desired.Remove));
  }

  InstanceInventory.Entry entry() {
    InstanceSnapshot now = snapshot;
    Optional<AssignedInstance> known = assigned;
    return new InstanceInventory.Entry(
        now.instanceId(),
        known
            .map(each -> new Slot(each.getNamespace(), each.getWorkload(), each.getSlot()))
            .orElseGet(this::labelledSlot),
        driver.kind(),
        now.status().getState(),
        now.running() ? now.handle() : Optional.empty(),
        now.status().getRestarts());
  }

  private Slot labelledSlot() {
    String index = labels.getOrDefault(Labels.SLOT, "");
    return new Slot(
        labels.getOrDefault(Labels.NAMESPACE, ""),
        labels.getOrDefault(Labels.WORKLOAD, ""),
        index.matches("[0-9]{1,5}") ? Integer.parseInt(index) : 0);
  }
}
