package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.spec.Quantity;
import dev.berth.v1.PlacementDecision;
import dev.berth.v1.Quota;
import dev.berth.v1.Resources;

/// How many more slots of a workload its namespace's quota allows.
final class QuotaRoom {
  private final String namespace;
  private final String limit;
  private long left;

  private QuotaRoom(String namespace, String limit, long left) {
    this.namespace = namespace;
    this.limit = limit;
    this.left = left;
  }

  static QuotaRoom of(Fleet fleet, PlacementRequest request) {
    String namespace = request.workload().namespace();
    NamespaceRecord stored = fleet.state().namespace(namespace);
    if (stored == null || !stored.message().hasQuota()) {
      return new QuotaRoom(namespace, "", Long.MAX_VALUE);
    }
    Quota quota = stored.message().getQuota();
    Reserved reserved = fleet.reserved(namespace);
    Resources each = request.requested();
    QuotaRoom room = new QuotaRoom(namespace, "", Long.MAX_VALUE);
    if (quota.hasCpuMillis()) {
      room =
          room.atMost(
              (quota.getCpuMillis() - reserved.cpuMillis()) / Math.max(1, each.getCpuMillis()),
              "it allows "
                  + Quantity.formatCpu(quota.getCpuMillis())
                  + " CPU, and "
                  + Quantity.formatCpu(each.getCpuMillis())
                  + " more would be too much");
    }
    if (quota.hasMemoryBytes()) {
      room =
          room.atMost(
              (quota.getMemoryBytes() - reserved.memoryBytes())
                  / Math.max(1, each.getMemoryBytes()),
              "it allows "
                  + Quantity.roundedMemory(quota.getMemoryBytes())
                  + " of memory, and "
                  + Quantity.roundedMemory(each.getMemoryBytes())
                  + " more would be too much");
    }
    if (quota.hasInstances()) {
      room =
          room.atMost(
              quota.getInstances() - reserved.instances(),
              "it allows " + quota.getInstances() + " instances");
    }
    return room;
  }

  /// Whether an instance that reserves something may become one that reserves something else. Less
  /// is always allowed, also where the quota was lowered below what is reserved.
  static boolean allows(Fleet fleet, InstanceRecord before, InstanceRecord after) {
    String namespace = before.workload().namespace();
    NamespaceRecord stored = fleet.state().namespace(namespace);
    if (stored == null) {
      return true;
    }
    Quota quota = stored.message().getQuota();
    Reserved then = fleet.reserved(namespace).plus(before.reserved(), -1).plus(after.reserved(), 1);
    Resources had = before.reserved();
    Resources wants = after.reserved();
    return (!quota.hasCpuMillis()
            || wants.getCpuMillis() <= had.getCpuMillis()
            || then.cpuMillis() <= quota.getCpuMillis())
        && (!quota.hasMemoryBytes()
            || wants.getMemoryBytes() <= had.getMemoryBytes()
            || then.memoryBytes() <= quota.getMemoryBytes());
  }

  /// What the instances of a namespace reserve together.
  record Reserved(long cpuMillis, long memoryBytes, long instances) {
    static final Reserved NONE = new Reserved(0, 0, 0);

    Reserved plus(Resources each, int times) {
      return new Reserved(
          cpuMillis + times * each.getCpuMillis(),
          memoryBytes + times * each.getMemoryBytes(),
          instances + times);
    }
  }

  private QuotaRoom atMost(long slots, String why) {
    return slots < left ? new QuotaRoom(namespace, why, Math.max(0, slots)) : this;
  }

  /// Takes room for one slot; false when there is none.
  boolean take() {
    if (left <= 0) {
      return false;
    }
    left--;
    return true;
  }

  /// How many more slots may be taken.
  long left() {
    return left;
  }

  /// The slot was not placed after all.
  void giveBack() {
    left++;
  }

  Placement.Unplaced exceeded() {
    return Refusals.unplaced(
        "QuotaExceeded",
        "The quota of namespace "
            + namespace
            + " is used up: "
            + limit
            + ". Stop something there, or raise it: berth ns quota "
            + namespace
            + ".",
        PlacementDecision.newBuilder());
  }
}
