package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.schedule.QuotaRoom.Reserved;
import dev.berth.spec.placement.Attribute;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The nodes as the scheduler looks at them: in classes, by load, with counts of instances. All of
/// it is derived from the state; it is kept from one decision to the next and follows each change,
/// so that a placement need not look at every node. For a state that it has not followed it is made
/// anew, with the same answers.
public final class Fleet {
  private final Map<String, FleetNode> nodes = new HashMap<>();
  private final Map<NodeClass.Key, NodeClass> classes = new HashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final WorkloadNeeds needs = new WorkloadNeeds();
  private final Map<WorkloadKey, SortedMap<String, Integer>> counts = new HashMap<>();
  private final Map<String, Reserved> reserved = new HashMap<>();
  private final Map<String, String> nominations = new HashMap<>();
  private @Nullable ClusterState followed;
  private List<Attribute> asked = List.of();

  /// A fleet that stands for no state yet.
  public Fleet() {}

  /// Makes it stand for a state; does nothing when it does already.
  @SuppressWarnings("ReferenceEquality") // states are not compared: it is about this very value
  public void standFor(ClusterState state) {
    if (followed == state) {
      return;
    }
    nodes.clear();
    classes.clear();
    changed.clear();
    counts.clear();
    reserved.clear();
    nominations.clear();
    nominations.putAll(state.nominations());
    state.instances().values().forEach(instance -> count(instance, 1));
    needs.read(state);
    asked = List.copyOf(needs.attributes());
    for (NodeRecord node : state.nodes().values()) {
      add(made(node, state));
    }
    followed = state;
  }

  /// An instance was added, changed or removed.
  ///
  /// @param before as it was; null: it is new
  /// @param after as it is; null: it is gone
  /// @param state after the change
  public void follow(
      @Nullable InstanceRecord before, @Nullable InstanceRecord after, ClusterState state) {
    followed = state;
    count(before, -1);
    count(after, 1);
    touch(before);
    touch(after);
    InstanceRecord either = after != null ? after : before;
    if (either != null) {
      touchKept(either.id(), state);
    }
  }

  /// What is kept for an instance that waits, or waited, may be something else now.
  private void touchKept(String id, ClusterState state) {
    String node = nominations.get(id);
    if (node != null) {
      changed.add(node);
      if (!state.nominations().containsKey(id)) {
        nominations.remove(id);
      }
    }
  }

  /// Room on a node is kept for an instance that waits.
  ///
  /// @param state after the change
  public void followNomination(String instance, String node, ClusterState state) {
    followed = state;
    String before = node.isEmpty() ? nominations.remove(instance) : nominations.put(instance, node);
    if (before != null) {
      changed.add(before);
    }
    if (!node.isEmpty()) {
      changed.add(node);
    }
  }

  /// A node was added, changed or removed.
  public void followNode(String name, ClusterState state) {
    followed = state;
    changed.add(name);
  }

  /// A workload was added, changed or removed.
  public void followWorkload(WorkloadKey key, ClusterState state) {
    followed = state;
    needs.follow(key, state.workload(key));
    if (state.workload(key) == null) {
      counts.remove(key);
    }
    for (InstanceRecord each : state.instancesOf(key)) {
      touchKept(each.id(), state);
    }
  }

  /// Something changed that does not concern the scheduler.
  public void followOther(ClusterState state) {
    followed = state;
  }

  private void touch(@Nullable InstanceRecord instance) {
    if (instance != null && !instance.node().isEmpty()) {
      changed.add(instance.node());
    }
  }

  private void count(@Nullable InstanceRecord instance, int by) {
    if (instance == null || instance.isFinal() || instance.node().isEmpty()) {
      return;
    }
    reserved.merge(
        instance.workload().namespace(),
        Reserved.NONE.plus(instance.reserved(), by),
        (one, other) ->
            new Reserved(
                one.cpuMillis() + other.cpuMillis(),
                one.memoryBytes() + other.memoryBytes(),
                one.instances() + other.instances()));
    SortedMap<String, Integer> known = counts.get(instance.workload());
    if (known != null && known.merge(instance.node(), by, Integer::sum) == 0) {
      known.remove(instance.node());
    }
  }

  /// Brings the classes up to date.
  void refresh() {
    ClusterState state = state();
    SortedSet<Attribute> wanted = needs.attributes();
    if (!asked.containsAll(wanted)) {
      asked = List.copyOf(wanted);
      changed.addAll(nodes.keySet());
    }
    for (String name : changed) {
      refresh(name, state);
    }
    changed.clear();
  }

  private void refresh(String name, ClusterState state) {
    NodeRecord now = state.node(name);
    FleetNode known = nodes.get(name);
    if (known == null) {
      if (now != null) {
        add(made(now, state));
      }
      return;
    }
    NodeClass old = known.nodeClass();
    if (old != null) {
      old.nodes().remove(known);
      known.nodeClass(null);
    }
    if (now == null) {
      nodes.remove(name);
    } else {
      boolean same = old != null && isAlike(known.record(), now) && old.key().asked().equals(asked);
      known.take(now, state.usage(name), Kept.on(name, state));
      put(known, same ? old : classOf(now));
    }
    if (old != null && old.nodes().size() == 0) {
      classes.remove(old.key());
    }
  }

  private static FleetNode made(NodeRecord node, ClusterState state) {
    return new FleetNode(node, state.usage(node.name()), Kept.on(node.name(), state));
  }

  @SuppressWarnings(
      "ReferenceEquality") // a shortcut: equal messages that are not the same cost time
  private static boolean isAlike(NodeRecord one, NodeRecord other) {
    return one.message() == other.message() && Standing.of(one) == Standing.of(other);
  }

  private void add(FleetNode node) {
    nodes.put(node.name(), node);
    put(node, classOf(node.record()));
  }

  private static void put(FleetNode node, @Nullable NodeClass into) {
    if (into != null) {
      node.nodeClass(into);
      into.nodes().add(node);
    }
  }

  private NodeClass classOf(NodeRecord node) {
    return classes.computeIfAbsent(NodeClass.Key.of(node, asked), NodeClass::new);
  }

  ClusterState state() {
    ClusterState state = followed;
    if (state == null) {
      throw new IllegalStateException("the fleet stands for no state yet");
    }
    return state;
  }

  Collection<NodeClass> classes() {
    return classes.values();
  }

  int size() {
    return nodes.size();
  }

  @Nullable FleetNode node(String name) {
    return nodes.get(name);
  }

  /// What the instances of a namespace reserve that have a node and are not final.
  Reserved reserved(String namespace) {
    return reserved.getOrDefault(namespace, Reserved.NONE);
  }

  /// What workloads want.
  WorkloadNeeds needs() {
    return needs;
  }

  /// How many instances of a workload are on each node and not final; nodes without any are absent.
  SortedMap<String, Integer> counts(WorkloadKey workload) {
    return counts.computeIfAbsent(workload, key -> counted(state(), key));
  }

  private static SortedMap<String, Integer> counted(ClusterState state, WorkloadKey workload) {
    SortedMap<String, Integer> found = new TreeMap<>();
    for (InstanceRecord instance : state.instancesOf(workload)) {
      if (!instance.isFinal() && !instance.node().isEmpty()) {
        found.merge(instance.node(), 1, Integer::sum);
      }
    }
    return found;
  }
}
