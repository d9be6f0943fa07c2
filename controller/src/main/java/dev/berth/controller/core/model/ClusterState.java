package dev.berth.controller.core.model;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Everything the leader knows, as one immutable value. Iteration order is that of names and ids,
/// the same in every run.
/// Changed only through [dev.berth.controller.core.Mutation]s, each of which gives another value.
public final class ClusterState {
  private final Identity identity;
  private final TreePMap<WorkloadKey, WorkloadRecord> workloads;
  private final TreePMap<String, InstanceRecord> instances;
  private final TreePMap<WorkloadKey, TreePMap<SlotPosition, InstanceRecord>> slots;
  private final TreePMap<String, NodeRecord> nodes;
  private final TreePMap<String, NodeUsage> usage;
  private final TreePMap<String, TokenRecord> tokens;

  /// Which cluster, under which leader.
  ///
  /// @param clusterUid UUID of the cluster
  /// @param epoch the leader's term
  public record Identity(String clusterUid, long epoch) {}

  private ClusterState(
      Identity identity,
      TreePMap<WorkloadKey, WorkloadRecord> workloads,
      TreePMap<String, InstanceRecord> instances,
      TreePMap<WorkloadKey, TreePMap<SlotPosition, InstanceRecord>> slots,
      TreePMap<String, NodeRecord> nodes,
      TreePMap<String, NodeUsage> usage,
      TreePMap<String, TokenRecord> tokens) {
    this.identity = identity;
    this.workloads = workloads;
    this.instances = instances;
    this.slots = slots;
    this.nodes = nodes;
    this.usage = usage;
    this.tokens = tokens;
  }

  /// A cluster with nothing in it.
  public static ClusterState empty(String clusterUid, long epoch) {
    return new ClusterState(
        new Identity(clusterUid, epoch),
        TreePMap.empty(),
        TreePMap.empty(),
        TreePMap.empty(),
        TreePMap.empty(),
        TreePMap.empty(),
        TreePMap.empty());
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
    return workloads;
  }

  /// A workload, or null.
  public @Nullable WorkloadRecord workload(WorkloadKey key) {
    return workloads.get(key);
  }

  /// All instances by id.
  public SortedMap<String, InstanceRecord> instances() {
    return instances;
  }

  /// An instance, or null.
  public @Nullable InstanceRecord instance(String id) {
    return instances.get(id);
  }

  /// The instances of a workload by slot, the newest of a slot first.
  public Collection<InstanceRecord> instancesOf(WorkloadKey key) {
    TreePMap<SlotPosition, InstanceRecord> found = slots.get(key);
    return found == null ? Collections.emptyList() : found.values();
  }

  /// The instances of one slot, the newest first.
  public Collection<InstanceRecord> instancesOf(WorkloadKey key, int slot) {
    TreePMap<SlotPosition, InstanceRecord> found = slots.get(key);
    return found == null
        ? Collections.emptyList()
        : found.subMap(SlotPosition.firstOf(slot), SlotPosition.firstOf(slot + 1)).values();
  }

  /// All nodes by name.
  public SortedMap<String, NodeRecord> nodes() {
    return nodes;
  }

  /// A node, or null.
  public @Nullable NodeRecord node(String name) {
    return nodes.get(name);
  }

  /// What a node's instances hold there, and which they are.
  public NodeUsage usage(String node) {
    return usage.getOrDefault(node, NodeUsage.NONE);
  }

  /// Instances that wait for a node, by id.
  public SortedMap<String, InstanceRecord> pending() {
    return usage("").instances();
  }

  /// All tokens by id.
  public SortedMap<String, TokenRecord> tokens() {
    return tokens;
  }

  /// A token, or null.
  public @Nullable TokenRecord token(String id) {
    return tokens.get(id);
  }

  /// With a workload added or replaced.
  public ClusterState plus(WorkloadRecord workload) {
    return new ClusterState(
        identity, workloads.plus(workload.key(), workload), instances, slots, nodes, usage, tokens);
  }

  /// Without a workload.
  public ClusterState minusWorkload(WorkloadKey key) {
    return new ClusterState(identity, workloads.minus(key), instances, slots, nodes, usage, tokens);
  }

  /// With an instance added or replaced.
  public ClusterState plus(InstanceRecord instance) {
    return replace(instances.get(instance.id()), instance);
  }

  /// With an instance added or replaced, for whoever has looked it up already.
  ///
  /// @param before the instance as the state has it; null: it does not
  public ClusterState replace(@Nullable InstanceRecord before, InstanceRecord instance) {
    TreePMap<String, NodeUsage> used = usage;
    if (before != null) {
      used = used.plus(before.node(), usage(before.node()).minus(before));
    }
    NodeUsage there = used.getOrDefault(instance.node(), NodeUsage.NONE);
    used = used.plus(instance.node(), there.plus(instance));
    TreePMap<SlotPosition, InstanceRecord> siblings =
        slots.getOrDefault(instance.workload(), TreePMap.empty());
    return new ClusterState(
        identity,
        workloads,
        instances.plus(instance.id(), instance),
        slots.plus(instance.workload(), siblings.plus(instance.position(), instance)),
        nodes,
        used,
        tokens);
  }

  /// Without an instance; unchanged when there is none.
  public ClusterState minusInstance(String id) {
    InstanceRecord before = instances.get(id);
    return before == null ? this : minus(before);
  }

  /// Without an instance that the state has just so.
  public ClusterState minus(InstanceRecord before) {
    NodeUsage rest = usage(before.node()).minus(before);
    TreePMap<String, NodeUsage> used =
        rest.instances().isEmpty() ? usage.minus(before.node()) : usage.plus(before.node(), rest);
    TreePMap<SlotPosition, InstanceRecord> siblings =
        slots
            .getOrDefault(before.workload(), TreePMap.<SlotPosition, InstanceRecord>empty())
            .minus(before.position());
    return new ClusterState(
        identity,
        workloads,
        instances.minus(before.id()),
        siblings.isEmpty()
            ? slots.minus(before.workload())
            : slots.plus(before.workload(), siblings),
        nodes,
        used,
        tokens);
  }

  /// With a node added or replaced.
  public ClusterState plus(NodeRecord node) {
    return new ClusterState(
        identity, workloads, instances, slots, nodes.plus(node.name(), node), usage, tokens);
  }

  /// Without a node. Its instances must be gone before.
  public ClusterState minusNode(String name) {
    return new ClusterState(
        identity, workloads, instances, slots, nodes.minus(name), usage, tokens);
  }

  /// With a token added or replaced.
  public ClusterState plus(TokenRecord token) {
    return new ClusterState(
        identity, workloads, instances, slots, nodes, usage, tokens.plus(token.id(), token));
  }

  /// Without a token.
  public ClusterState minusToken(String id) {
    return new ClusterState(identity, workloads, instances, slots, nodes, usage, tokens.minus(id));
  }
}
