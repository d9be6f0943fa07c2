package dev.berth.simulation.check;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.Labels;
import dev.berth.controller.loop.Snapshot;
import dev.berth.simulation.agent.AgentObserver;
import dev.berth.simulation.controller.ControllerObserver;
import dev.berth.simulation.etcd.SimulatedEtcd;
import dev.berth.simulation.kernel.Kernel;
import dev.berth.simulation.runtime.Container;
import dev.berth.simulation.runtime.RuntimeObserver;
import dev.berth.v1.InstanceState;
import dev.berth.v1.PortBinding;
import dev.berth.v1.Resources;
import dev.berth.v1.Workload;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Judges each step by the runtimes and by what is durable, never by what Berth says of itself.
/// Only what a step touched is looked at.
public final class Invariants
    implements RuntimeObserver, ControllerObserver, AgentObserver, StoredState.Listener {
  private static final ByteString LEADER_KEY = ByteString.copyFromUtf8("/berth/leader");
  private static final long SECOND = 1_000_000_000L;

  /// After so much silence a node is lost, less what clocks may differ.
  private static final long LOST_NANOS = 19 * SECOND;

  private static final long MASS_WINDOW_NANOS = 55 * SECOND;
  private static final int MASS_NODES = 2;

  /// A fence closes 15 s after the sending of what was acknowledged last, on the host's clock.
  private static final long SILENCE_NANOS = 15 * SECOND - SECOND / 100;

  private final Kernel kernel;
  private final SimulatedEtcd etcd;
  private final Violations violations;
  private final StoredState stored = new StoredState();
  private final Map<String, Resources> capacities;
  private final Predicate<String> isStrict;
  private final List<StoredState.Listener> listeners = new ArrayList<>();
  private final Map<String, List<Live>> bySlot = new TreeMap<>();
  private final Map<String, Set<String>> everAssigned = new TreeMap<>();
  private final Map<String, Long> obeyed = new TreeMap<>();
  private final Map<Long, Long> begun = new TreeMap<>();
  private final Set<Long> excused = new HashSet<>();
  private final Instants told = new Instants();
  private final Instants disturbed = new Instants();
  private final Instants restartAsked = new Instants();
  private final Instants startedAt = new Instants();
  private final Instants nodeLost = new Instants();
  private final Instants contact = new Instants();
  private final Instants silent = new Instants();
  private long lastRevision;

  /// A program that runs.
  private record Live(String host, Container container) {}

  /// @param capacities what each node really has
  /// @param isStrict whether the slots of a workload, by name, are held or fenced: never doubled
  public Invariants(
      Kernel kernel,
      SimulatedEtcd etcd,
      Violations violations,
      Map<String, Resources> capacities,
      Predicate<String> isStrict) {
    this.kernel = kernel;
    this.etcd = etcd;
    this.violations = violations;
    this.capacities = capacities;
    this.isStrict = isStrict;
    etcd.model().observe(this::committed);
  }

  /// What is durable.
  public StoredState stored() {
    return stored;
  }

  /// Is told what is written, too.
  public void observe(StoredState.Listener listener) {
    listeners.add(listener);
  }

  /// Something happened to a node for which it may well be taken for lost.
  public void disturb(String node) {
    disturbed.set(node, kernel.now());
  }

  /// The lease of an epoch was ended from outside, so its leader cannot know.
  public void excuse(long epoch) {
    excused.add(epoch);
  }

  /// Whether a state was published in an epoch whose leader cannot know that it has ended.
  public boolean isExcused(Snapshot snapshot) {
    return excused.contains(snapshot.state().epoch());
  }

  /// The file with the highest epoch was damaged: it is set aside, and the next leader obeyed.
  public void epochLost(String node) {
    obeyed.remove(node);
    disturb(node);
  }

  /// The host lost its power: until a leader speaks to it, nothing may start.
  public void lostPower(String node) {
    told.clear(node);
    disturb(node);
  }

  private void committed(List<Event> changes) {
    long epoch = etcd.applyingEpoch();
    if (epoch != 0 && leaderEpoch() != epoch) {
      violations.add(
          1, "a commit of epoch " + epoch + " was applied while epoch " + leaderEpoch() + " leads");
    }
    stored.take(changes, this);
    for (Event change : changes) {
      kernel
          .trace()
          .note(
              kernel.now(),
              "stored",
              change.getKv().getKey().toStringUtf8(),
              change.getKv().getModRevision());
    }
  }

  /// The epoch of whoever holds the leader key; 0: nobody.
  private long leaderEpoch() {
    KeyValue key = etcd.model().get(LEADER_KEY);
    return key == null ? 0 : key.getCreateRevision();
  }

  @Override
  public void assigned(
      String node, Map<String, DurableInstance> before, Map<String, DurableInstance> after) {
    everAssigned.computeIfAbsent(node, _ -> new TreeSet<>()).addAll(after.keySet());
    long cpu = 0;
    long memory = 0;
    Set<Integer> ports = new HashSet<>();
    for (Map.Entry<String, DurableInstance> entry : after.entrySet()) {
      DurableInstance instance = entry.getValue();
      DurableInstance then = before.get(entry.getKey());
      if (then != null
          && (then.restartGeneration() != instance.restartGeneration()
              || then.revision() != instance.revision())) {
        // Other resources may need a restart, too.
        restartAsked.set(entry.getKey(), kernel.now());
      }
      if (instance.isFinal()) {
        if (then == null || !then.isFinal()) {
          ended(node, instance);
        }
        continue;
      }
      cpu += instance.reserved().getCpuMillis();
      memory += instance.reserved().getMemoryBytes();
      for (PortBinding port : instance.ports()) {
        if (!ports.add(port.getHostPort())) {
          violations.add(12, "port " + port.getHostPort() + " of " + node + " is given twice");
        }
      }
    }
    Resources capacity = capacities.get(node);
    if (capacity != null && (cpu > capacity.getCpuMillis() || memory > capacity.getMemoryBytes())) {
      violations.add(12, node + " is overcommitted: " + cpu + " mCPU, " + memory + " bytes");
    }
    listeners.forEach(each -> each.assigned(node, before, after));
  }

  /// The store says that an instance has ended.
  private void ended(String node, DurableInstance instance) {
    InstanceState state = instance.end();
    String id = instance.id();
    if (state == InstanceState.INSTANCE_STATE_LOST) {
      lost(node, id);
    } else if (isLive(node, id)) {
      violations.add(10, id + " is " + state + " (" + instance.reason() + ") and runs on " + node);
    }
  }

  private void lost(String node, String instance) {
    long now = kernel.now();
    Long since = begun.get(leaderEpoch());
    if (since == null || now - since < LOST_NANOS) {
      violations.add(14, "a leader gave up " + instance + " on " + node + " at once");
    }
    if (now - disturbed.get(node) > 60 * SECOND) {
      violations.add(14, instance + " was given up although nothing happened to " + node);
    }
    nodeLost.set(node, now);
    long recently =
        capacities.keySet().stream()
            .filter(each -> now - nodeLost.get(each) < MASS_WINDOW_NANOS)
            .count();
    if (recently > MASS_NODES) {
      violations.add(14, recently + " of " + capacities.size() + " nodes were given up together");
    }
  }

  @Override
  public void workload(String name, @Nullable Workload before, @Nullable Workload after) {
    listeners.forEach(each -> each.workload(name, before, after));
  }

  private boolean isLive(String host, String instance) {
    return bySlot.values().stream()
        .flatMap(List::stream)
        .anyMatch(each -> each.host().equals(host) && each.container().instance().equals(instance));
  }

  @Override
  public void made(String host, Container container, boolean again) {
    if (again) {
      violations.add(3, container.instance() + " has two objects on " + host);
    }
  }

  @Override
  public void started(String host, Container container) {
    String id = container.instance();
    List<Live> live = bySlot.computeIfAbsent(container.slot(), _ -> new ArrayList<>());
    for (Live other : live) {
      doubled(host, container, other);
    }
    live.add(new Live(host, container));
    startedAt.set(container.id() + host, kernel.now());
    if (!everAssigned.getOrDefault(host, Set.of()).contains(id)) {
      violations.add(2, id + " was started on " + host + " and never durably assigned to it");
    }
    if (!told.has(host)) {
      violations.add(2, id + " was started on " + host + " after a boot without a fresh epoch");
    }
  }

  private void doubled(String host, Container container, Live other) {
    String id = container.instance();
    String before = other.container().instance();
    if (id.equals(before)) {
      violations.add(3, id + " runs twice");
      return;
    }
    if (isStrict.test(container.labels().getOrDefault(Labels.WORKLOAD, ""))) {
      violations.add(3, "a held or fenced slot runs twice: as " + before + " and as " + id);
      return;
    }
    // One of the two must have been given up with its node, whose agent may not know it yet.
    if (isAssigned(host, id) && isAssigned(other.host(), before)) {
      violations.add(4, id + " was started while " + before + " is still assigned");
    }
  }

  private boolean isAssigned(String host, String instance) {
    DurableInstance known = stored.assignments(host).get(instance);
    return known != null && !known.isFinal();
  }

  @Override
  public void ended(String host, Container container, boolean stopped) {
    List<Live> live = bySlot.get(container.slot());
    if (live != null) {
      live.removeIf(each -> each.container() == container);
      if (live.isEmpty()) {
        bySlot.remove(container.slot());
      }
    }
    if (!stopped) {
      return;
    }
    if (container.instance().isEmpty()) {
      violations.add(7, "somebody else's " + container.id() + " was stopped on " + host);
      return;
    }
    DurableInstance known = stored.assignments(host).get(container.instance());
    boolean may = isRestart(host, container) || isFenced(host, container);
    if (known != null && known.isWanted() && !may) {
      violations.add(8, container.instance() + " was stopped on " + host + " and is to run there");
    }
  }

  /// Without contact for long enough, an agent stops what must not run twice.
  private boolean isFenced(String host, Container container) {
    long now = kernel.now();
    return isStrict.test(container.labels().getOrDefault(Labels.WORKLOAD, ""))
        && (now - contact.get(host) > SILENCE_NANOS || now - silent.get(host) < 60 * SECOND);
  }

  @Override
  public void contact(String node, long sentNanos) {
    long now = kernel.now();
    if (now - contact.get(node) > SILENCE_NANOS) {
      silent.set(node, now);
    }
    contact.set(node, Math.max(contact.get(node), sentNanos));
  }

  private boolean isRestart(String host, Container container) {
    // The agent may have heard of a restart only after the program had been started.
    long asked = restartAsked.get(container.instance());
    return asked > startedAt.get(container.id() + host) - 60 * SECOND;
  }

  @Override
  public void removed(String host, Container container) {
    if (container.instance().isEmpty()) {
      violations.add(7, "somebody else's " + container.id() + " was removed on " + host);
    }
  }

  @Override
  public void began(String controller, long epoch) {
    begun.put(epoch, kernel.now());
    kernel.trace().note(kernel.now(), "leads", controller, epoch);
  }

  @Override
  public void acts(String controller, long epoch) {
    if (leaderEpoch() != epoch && !excused.contains(epoch)) {
      violations.add(1, controller + " acts in epoch " + epoch + ", which has ended");
    }
  }

  @Override
  public void published(String controller, Snapshot snapshot) {
    if (isExcused(snapshot)) {
      return;
    }
    if (snapshot.revision() < lastRevision) {
      violations.add(11, controller + " published a revision below the last one");
    }
    lastRevision = snapshot.revision();
  }

  @Override
  public void started(String node) {
    disturb(node);
  }

  @Override
  public void greeted(String node, long highestEpoch) {
    long highest = obeyed.getOrDefault(node, 0L);
    if (highestEpoch < highest) {
      violations.add(2, node + " obeyed epoch " + highest + " and remembers " + highestEpoch);
    }
  }

  @Override
  public void obeys(String node, long epoch) {
    long highest = obeyed.merge(node, epoch, Math::max);
    if (epoch < highest) {
      violations.add(2, node + " obeyed epoch " + highest + " and now obeys " + epoch);
    }
  }

  @Override
  public void told(String node, long epoch) {
    told.set(node, kernel.now());
  }

  @Override
  public void failed(String problem) {
    violations.add(0, problem);
  }

  /// The instances that run in a slot, by the runtimes.
  public List<String> live(String slot) {
    return bySlot.getOrDefault(slot, List.of()).stream()
        .map(each -> each.container().instance() + " on " + each.host())
        .toList();
  }

  /// The slots in which something runs.
  public Set<String> liveSlots() {
    return new TreeSet<>(bySlot.keySet());
  }
}
