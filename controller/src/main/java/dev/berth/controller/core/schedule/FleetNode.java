package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeUsage;
import dev.berth.v1.Resources;
import org.jspecify.annotations.Nullable;

/// A node as the scheduler sees it, and its place in the [LoadTree] of its class.
final class FleetNode {
  private final String name;
  private final int priority;
  private NodeRecord record;
  private NodeUsage usage;
  private Kept kept;
  private double load;
  private long freeCpuMillis;
  private long freeMemoryBytes;
  private @Nullable NodeClass nodeClass;

  // Of the tree alone.
  @Nullable FleetNode left;
  @Nullable FleetNode right;
  long mostCpuMillis;
  long mostMemoryBytes;

  /// @param kept what is kept free for instances that wait
  FleetNode(NodeRecord record, NodeUsage usage, Kept kept) {
    this.name = record.name();
    // Spread evenly and the same in every run.
    this.priority = name.hashCode() * 0x9E3779B9 ^ (name.hashCode() >>> 15);
    this.record = record;
    this.usage = usage;
    this.kept = kept;
    take(record, usage, kept);
  }

  /// Takes over what the state has. Only while it is in no tree.
  void take(NodeRecord changed, NodeUsage now, Kept keptFree) {
    kept = keptFree;
    record = changed;
    usage = now;
    Resources capacity = changed.message().getDescription().getCapacity();
    freeCpuMillis = capacity.getCpuMillis() - now.cpuMillis() - keptFree.cpuMillis();
    freeMemoryBytes = capacity.getMemoryBytes() - now.memoryBytes() - keptFree.memoryBytes();
    load = load(capacity, now.cpuMillis(), now.memoryBytes());
  }

  /// How full a node is: 0 when it is empty, 1 when CPU and memory are used up.
  static double load(Resources capacity, long cpuMillis, long memoryBytes) {
    return (share(cpuMillis, capacity.getCpuMillis())
            + share(memoryBytes, capacity.getMemoryBytes()))
        / 2;
  }

  private static double share(long used, long capacity) {
    return capacity <= 0 ? 1 : Math.min(1, (double) used / capacity);
  }

  /// The same node with something else on it, outside of any tree.
  FleetNode with(NodeUsage other) {
    return new FleetNode(record, other, kept);
  }

  String name() {
    return name;
  }

  int priority() {
    return priority;
  }

  NodeRecord record() {
    return record;
  }

  NodeUsage usage() {
    return usage;
  }

  double load() {
    return load;
  }

  /// What is kept for instances that wait.
  Kept kept() {
    return kept;
  }

  /// What neither instances reserve nor is kept; below 0 while room is still being made, or when
  /// the host became smaller.
  long freeCpuMillis() {
    return freeCpuMillis;
  }

  /// The same of memory.
  long freeMemoryBytes() {
    return freeMemoryBytes;
  }

  @Nullable NodeClass nodeClass() {
    return nodeClass;
  }

  void nodeClass(@Nullable NodeClass changed) {
    nodeClass = changed;
  }

  boolean hasRoom(long cpuMillis, long memoryBytes) {
    return freeCpuMillis >= cpuMillis && freeMemoryBytes >= memoryBytes;
  }
}
