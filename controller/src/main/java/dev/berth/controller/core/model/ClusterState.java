package dev.berth.controller.core.model;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/// Everything the leader knows, as one immutable value. Iteration order is that of names and ids,
/// the same in every run.
/// Changed only through [dev.berth.controller.core.Mutation]s, each of which gives another value.
public final class ClusterState {
  private final Identity identity;
  private final Wanted wanted;
  private final Hosts hosts;
  private final Running running;
  private final Alarms alarms;

  /// Which cluster, under which leader.
  ///
  /// @param clusterUid UUID of the cluster
  /// @param epoch the leader's term
  public record Identity(String clusterUid, long epoch) {}

  /// What people want.
  private record Wanted(
      TreePMap<WorkloadKey, WorkloadRecord> workloads,
      TreePMap<String, NamespaceRecord> namespaces,
      TreePMap<String, TokenRecord> tokens) {}

  /// Where it can run, and what is there.
  ///
  /// @param vacating names of nodes off which instances are moved
  private record Hosts(
      TreePMap<String, NodeRecord> nodes,
      TreePMap<String, NodeUsage> usage,
      TreePSet<String> vacating) {}

  /// What runs, by id and by slot.
  ///
  /// @param nominations nodes where room is being made for instances that wait, by instance
  private record Running(
      TreePMap<String, InstanceRecord> instances,
      TreePMap<WorkloadKey, TreePMap<SlotPosition, InstanceRecord>> slots,
      TreePMap<String, String> nominations) {}

  /// When workloads are to be looked at again.
  private record Alarms(TreePMap<WorkloadKey, Wakeup> byWorkload, TreePSet<Wakeup> inOrder) {}

  private ClusterState(
      Identity identity, Wanted wanted, Hosts hosts, Running running, Alarms alarms) {
    this.identity = identity;
    this.wanted = wanted;
    this.hosts = hosts;
    this.running = running;
    this.alarms = alarms;
  }

  /// A cluster with nothing in it.
  public static ClusterState empty(String clusterUid, long epoch) {
    return new ClusterState(
        new Identity(clusterUid, epoch),
        new Wanted(TreePMap.empty(), TreePMap.empty(), TreePMap.empty()),
        new Hosts(TreePMap.empty(), TreePMap.empty(), TreePSet.empty()),
        new Running(TreePMap.empty(), TreePMap.empty(), TreePMap.empty()),
        new Alarms(TreePMap.empty(), TreePSet.empty()));
  }

  /// UUID of the cluster.
  public String clusterUid() {
    return identity.clusterUid();
  }

  /// The leader's term.
  public long epoch() {
    return identity.epoch();
  }

  /// All workloads by namespace and name, also those that are being deleted.
  public SortedMap<WorkloadKey, WorkloadRecord> workloads() {
    return wanted.workloads;
  }

  /// A workload, or null.
  public @Nullable WorkloadRecord workload(WorkloadKey key) {
    return wanted.workloads.get(key);
  }

  /// All stored namespaces by name.
  public SortedMap<String, NamespaceRecord> namespaces() {
    return wanted.namespaces;
  }

  /// A stored namespace, or null.
  public @Nullable NamespaceRecord namespace(String name) {
    return wanted.namespaces.get(name);
  }

  /// All instances by id.
  public SortedMap<String, InstanceRecord> instances() {
    return running.instances;
  }

  /// An instance, or null.
  public @Nullable InstanceRecord instance(String id) {
    return running.instances.get(id);
  }

  /// The instances of a workload by slot, the newest of a slot first.
  public Collection<InstanceRecord> instancesOf(WorkloadKey key) {
    TreePMap<SlotPosition, InstanceRecord> found = running.slots.get(key);
    return found == null ? Collections.emptyList() : found.values();
  }

  /// The instances of one slot, the newest first.
  public Collection<InstanceRecord> instancesOf(WorkloadKey key, int slot) {
    TreePMap<SlotPosition, InstanceRecord> found = running.slots.get(key);
    return found == null
        ? Collections.emptyList()
        : found.subMap(SlotPosition.firstOf(slot), SlotPosition.firstOf(slot + 1)).values();
  }

  /// All nodes by name.
  public SortedMap<String, NodeRecord> nodes() {
    return hosts.nodes;
  }

  /// A node, or null.
  public @Nullable NodeRecord node(String name) {
    return hosts.nodes.get(name);
  }

  /// Names of nodes off which instances are moved.
  public SortedSet<String> vacating() {
    return hosts.vacating;
  }

  /// What a node's instances hold there, and which they are.
  public NodeUsage usage(String node) {
    return hosts.usage.getOrDefault(node, NodeUsage.NONE);
  }

  /// Instances that wait for a node, by id.
  public SortedMap<String, InstanceRecord> pending() {
    return usage("").instances();
  }

  /// Nodes where room is being made for instances that wait, by the instance's id.
  public SortedMap<String, String> nominations() {
    return running.nominations;
  }

  /// All tokens by id.
  public SortedMap<String, TokenRecord> tokens() {
    return wanted.tokens;
  }

  /// A token, or null.
  public @Nullable TokenRecord token(String id) {
    return wanted.tokens.get(id);
  }

  /// When workloads are to be looked at again, the next one first.
  public SortedSet<Wakeup> wakeups() {
    return alarms.inOrder;
  }

  /// When a workload is to be looked at again, or null.
  public @Nullable Wakeup wakeup(WorkloadKey key) {
    return alarms.byWorkload.get(key);
  }

  private ClusterState with(Wanted changed) {
    return new ClusterState(identity, changed, hosts, running, alarms);
  }

  private ClusterState with(Hosts changed) {
    return new ClusterState(identity, wanted, changed, running, alarms);
  }

  private ClusterState with(TreePMap<WorkloadKey, WorkloadRecord> workloads) {
    return with(new Wanted(workloads, wanted.namespaces, wanted.tokens));
  }

  /// With a workload added or replaced.
  public ClusterState plus(WorkloadRecord workload) {
    return with(wanted.workloads.plus(workload.key(), workload));
  }

  /// Without a workload.
  public ClusterState minusWorkload(WorkloadKey key) {
    return with(wanted.workloads.minus(key));
  }

  /// With a namespace added or replaced.
  public ClusterState plus(NamespaceRecord namespace) {
    return with(
        new Wanted(
            wanted.workloads, wanted.namespaces.plus(namespace.name(), namespace), wanted.tokens));
  }

  /// Without a stored namespace.
  public ClusterState minusNamespace(String name) {
    return with(new Wanted(wanted.workloads, wanted.namespaces.minus(name), wanted.tokens));
  }

  /// With an instance added or replaced.
  public ClusterState plus(InstanceRecord instance) {
    return replace(running.instances.get(instance.id()), instance);
  }

  /// With an instance added or replaced, for whoever has looked it up already.
  ///
  /// @param before the instance as the state has it; null: it does not
  public ClusterState replace(@Nullable InstanceRecord before, InstanceRecord instance) {
    TreePMap<String, NodeUsage> used = hosts.usage;
    if (before != null) {
      used = used.plus(before.node(), usage(before.node()).minus(before));
    }
    NodeUsage there = used.getOrDefault(instance.node(), NodeUsage.NONE);
    used = used.plus(instance.node(), there.plus(instance));
    TreePMap<SlotPosition, InstanceRecord> siblings =
        running.slots.getOrDefault(instance.workload(), TreePMap.empty());
    return new ClusterState(
        identity,
        wanted,
        new Hosts(hosts.nodes, used, hosts.vacating),
        new Running(
            running.instances.plus(instance.id(), instance),
            running.slots.plus(instance.workload(), siblings.plus(instance.position(), instance)),
            instance.isPending() ? running.nominations : running.nominations.minus(instance.id())),
        alarms);
  }

  /// Without an instance; unchanged when there is none.
  public ClusterState minusInstance(String id) {
    InstanceRecord before = running.instances.get(id);
    return before == null ? this : minus(before);
  }

  /// Without an instance that the state has just so.
  public ClusterState minus(InstanceRecord before) {
    NodeUsage rest = usage(before.node()).minus(before);
    TreePMap<String, NodeUsage> used =
        rest.instances().isEmpty()
            ? hosts.usage.minus(before.node())
            : hosts.usage.plus(before.node(), rest);
    TreePMap<SlotPosition, InstanceRecord> siblings =
        running
            .slots
            .getOrDefault(before.workload(), TreePMap.<SlotPosition, InstanceRecord>empty())
            .minus(before.position());
    return new ClusterState(
        identity,
        wanted,
        new Hosts(hosts.nodes, used, hosts.vacating),
        new Running(
            running.instances.minus(before.id()),
            siblings.isEmpty()
                ? running.slots.minus(before.workload())
                : running.slots.plus(before.workload(), siblings),
            running.nominations.minus(before.id())),
        alarms);
  }

  /// With a node added or replaced.
  public ClusterState plus(NodeRecord node) {
    boolean known = hosts.vacating.contains(node.name());
    TreePSet<String> vacating = hosts.vacating;
    if (node.isVacating() != known) {
      vacating = known ? vacating.minus(node.name()) : vacating.plus(node.name());
    }
    return with(new Hosts(hosts.nodes.plus(node.name(), node), hosts.usage, vacating));
  }

  /// Without a node. Its instances must be gone before.
  public ClusterState minusNode(String name) {
    return with(new Hosts(hosts.nodes.minus(name), hosts.usage, hosts.vacating.minus(name)));
  }

  /// With a node where room is being made for an instance that waits.
  ///
  /// @param node empty: nowhere any more
  public ClusterState nominating(String instance, String node) {
    return new ClusterState(
        identity,
        wanted,
        hosts,
        new Running(
            running.instances,
            running.slots,
            node.isEmpty()
                ? running.nominations.minus(instance)
                : running.nominations.plus(instance, node)),
        alarms);
  }

  /// With a token added or replaced.
  public ClusterState plus(TokenRecord token) {
    return with(
        new Wanted(wanted.workloads, wanted.namespaces, wanted.tokens.plus(token.id(), token)));
  }

  /// Without a token.
  public ClusterState minusToken(String id) {
    return with(new Wanted(wanted.workloads, wanted.namespaces, wanted.tokens.minus(id)));
  }

  /// With the one time at which a workload is to be looked at again.
  public ClusterState plus(Wakeup wakeup) {
    ClusterState cleared = minusWakeup(wakeup.workload());
    return new ClusterState(
        identity,
        wanted,
        hosts,
        running,
        new Alarms(
            cleared.alarms.byWorkload.plus(wakeup.workload(), wakeup),
            cleared.alarms.inOrder.plus(wakeup)));
  }

  /// Without such a time.
  public ClusterState minusWakeup(WorkloadKey key) {
    Wakeup known = alarms.byWorkload.get(key);
    return known == null
        ? this
        : new ClusterState(
            identity,
            wanted,
            hosts,
            running,
            new Alarms(alarms.byWorkload.minus(key), alarms.inOrder.minus(known)));
  }
}
