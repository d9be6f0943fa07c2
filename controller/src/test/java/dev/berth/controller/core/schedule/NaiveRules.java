package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.placement.Attribute;
import dev.berth.spec.placement.Expression;
import dev.berth.v1.Device;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeState;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Preference;
import dev.berth.v1.Quota;
import dev.berth.v1.Resources;
import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rules of placement as the documentation has them, written down as plainly as can be: every
/// node is looked at, and every instance is counted anew. What the scheduler says is judged by
/// this.
///
/// @param state in which a slot is placed
/// @param key of its workload
/// @param spec of its workload
/// @param waiting id of the slot's instance that waits; empty: none
record NaiveRules(ClusterState state, WorkloadKey key, WorkloadSpec spec, String waiting) {
  /// The best node for the slot; null when none may have it.
  @Nullable String best() {
    NodeRecord best = null;
    for (NodeRecord node : state.nodes().values()) {
      if (allows(node) && (best == null || isBetter(node, best))) {
        best = node;
      }
    }
    return best == null ? null : best.name();
  }

  boolean allows(NodeRecord node) {
    return isOpen(node) && isLabelled(node) && isNearRight(node) && hasRoom(node);
  }

  /// Whether everything but room speaks for the node.
  boolean wouldAllow(NodeRecord node) {
    return isOpen(node) && isLabelled(node) && isNearRight(node);
  }

  private boolean isOpen(NodeRecord node) {
    if (node.state() != NodeState.NODE_STATE_READY
        || !node.isConnected()
        || node.message().getAvailability() == NodeAvailability.NODE_AVAILABILITY_CORDONED) {
      return false;
    }
    if (node.message().getDescription().getDriversList().stream()
        .noneMatch(driver -> driver.getAvailable())) {
      return false;
    }
    for (Taint taint : node.message().getTaintsList()) {
      boolean tolerated = false;
      for (Toleration each : spec.getPlacement().getTolerationsList()) {
        tolerated |=
            (each.getKey().isEmpty() || each.getKey().equals(taint.getKey()))
                && (!each.hasValue() || each.getValue().equals(taint.getValue()))
                && (each.getEffect() == TaintEffect.TAINT_EFFECT_UNSPECIFIED
                    || each.getEffect() == taint.getEffect());
      }
      if (!tolerated) {
        return false;
      }
    }
    return true;
  }

  private boolean isLabelled(NodeRecord node) {
    for (String text : spec.getPlacement().getRequireList()) {
      if (!Expression.parse(text).test(attribute -> value(node, attribute.toString()))) {
        return false;
      }
    }
    return true;
  }

  static String value(NodeRecord node, String attribute) {
    if (attribute.equals("node.name")) {
      return node.name();
    }
    if (attribute.equals("node.arch")) {
      return node.message().getDescription().getArchitecture();
    }
    String label = Attribute.parse(attribute).key();
    return node.message().getLabelsOrDefault(label, "");
  }

  // Near and apart

  /// Instances of a workload that are not final, on nodes with the same value.
  private int count(WorkloadKey workload, String within, NodeRecord node) {
    int count = 0;
    for (InstanceRecord each : state.instances().values()) {
      NodeRecord there = state.node(each.node());
      if (!each.isFinal()
          && there != null
          && each.workload().equals(workload)
          && value(there, within).equals(value(node, within))) {
        count++;
      }
    }
    return count;
  }

  private boolean isAnywhere(WorkloadKey workload) {
    return state.instances().values().stream()
        .anyMatch(
            each ->
                each.workload().equals(workload)
                    && !each.isFinal()
                    && state.node(each.node()) != null);
  }

  private WorkloadKey other(WorkloadAffinity term, WorkloadKey own) {
    return term.getWorkload().isEmpty()
        ? own
        : new WorkloadKey(own.namespace(), term.getWorkload());
  }

  private boolean isNearRight(NodeRecord node) {
    for (WorkloadAffinity term : spec.getPlacement().getAffinityList()) {
      WorkloadKey other = other(term, key);
      boolean first = other.equals(key) && !isAnywhere(key);
      if (term.getWeight() == 0 && !first && count(other, term.getWithin(), node) == 0) {
        return false;
      }
    }
    for (WorkloadAffinity term : spec.getPlacement().getAntiAffinityList()) {
      if (term.getWeight() == 0 && count(other(term, key), term.getWithin(), node) > 0) {
        return false;
      }
    }
    for (WorkloadRecord repelling : state.workloads().values()) {
      for (WorkloadAffinity term :
          repelling.message().getSpec().getPlacement().getAntiAffinityList()) {
        if (term.getWeight() == 0
            && other(term, repelling.key()).equals(key)
            && count(repelling.key(), term.getWithin(), node) > 0) {
          return false;
        }
      }
    }
    return true;
  }

  // Room

  /// Whether there is room beside what is there and what is kept for others that wait.
  boolean hasRoom(NodeRecord node) {
    List<InstanceRecord> there = new ArrayList<>(state.usage(node.name()).instances().values());
    return hasRoom(node, there);
  }

  boolean hasRoom(NodeRecord node, List<InstanceRecord> there) {
    NodeDescription description = node.message().getDescription();
    long cpu = spec.getResources().getCpuMillis();
    long memory = spec.getResources().getMemoryBytes();
    Set<Integer> ports = new HashSet<>();
    Set<String> devices = new HashSet<>();
    for (InstanceRecord each : there) {
      if (!each.isFinal()) {
        cpu += each.reserved().getCpuMillis();
        memory += each.reserved().getMemoryBytes();
        for (PortBinding port : each.message().getPortsList()) {
          ports.add(port.getHostPort());
        }
        for (Device device : each.message().getDevicesList()) {
          devices.add(device.getName() + " " + device.getId());
        }
      }
    }
    int keptDevices = 0;
    for (Map.Entry<String, String> kept : state.nominations().entrySet()) {
      InstanceRecord other = state.instance(kept.getKey());
      if (other != null && kept.getValue().equals(node.name()) && !other.id().equals(waiting)) {
        cpu += other.reserved().getCpuMillis();
        memory += other.reserved().getMemoryBytes();
        keptDevices += devices(other.reserved());
        WorkloadRecord workload = state.workload(other.workload());
        if (workload != null) {
          for (PortSpec port : workload.message().getSpec().getPortsList()) {
            if (port.getPublish() != 0) {
              ports.add(port.getPublish());
            }
          }
        }
      }
    }
    Resources capacity = description.getCapacity();
    return cpu <= capacity.getCpuMillis()
        && memory <= capacity.getMemoryBytes()
        && (devices(spec.getResources()) == 0
            || keptDevices + devices(spec.getResources()) <= free(description, devices))
        && hasPorts(description, ports);
  }

  private static int free(NodeDescription description, Set<String> held) {
    int free = 0;
    for (Device device : description.getDevicesList()) {
      free += held.contains(device.getName() + " " + device.getId()) ? 0 : 1;
    }
    return free;
  }

  // All devices of these tests are of one sort.
  private static int devices(Resources resources) {
    int count = 0;
    for (DeviceCount each : resources.getDevicesList()) {
      count += each.getCount();
    }
    return count;
  }

  private boolean hasPorts(NodeDescription description, Set<Integer> held) {
    Set<Integer> ports = new HashSet<>(held);
    int dynamic = 0;
    for (PortSpec port : spec.getPortsList()) {
      if (port.getPublish() == 0) {
        dynamic++;
      } else if (!ports.add(port.getPublish())) {
        return false;
      }
    }
    int free = 0;
    for (int port = description.getDynamicPortFirst();
        port <= description.getDynamicPortLast();
        port++) {
      free += ports.contains(port) ? 0 : 1;
    }
    return free >= dynamic;
  }

  /// Whether the namespace's quota has room for one more.
  boolean isWithinQuota() {
    NamespaceRecord namespace = state.namespace(key.namespace());
    if (namespace == null) {
      return true;
    }
    long cpu = spec.getResources().getCpuMillis();
    long memory = spec.getResources().getMemoryBytes();
    int instances = 1;
    for (InstanceRecord each : state.instances().values()) {
      if (!each.isFinal()
          && !each.isPending()
          && each.workload().namespace().equals(key.namespace())) {
        cpu += each.reserved().getCpuMillis();
        memory += each.reserved().getMemoryBytes();
        instances++;
      }
    }
    Quota quota = namespace.message().getQuota();
    return (!quota.hasCpuMillis() || cpu <= quota.getCpuMillis())
        && (!quota.hasMemoryBytes() || memory <= quota.getMemoryBytes())
        && (!quota.hasInstances() || instances <= quota.getInstances());
  }

  // Better

  private boolean isBetter(NodeRecord one, NodeRecord other) {
    for (String attribute : spec.getPlacement().getSpreadList()) {
      int difference = count(key, attribute, one) - count(key, attribute, other);
      if (difference != 0) {
        return difference < 0;
      }
    }
    int wished = wishes(one) - wishes(other);
    if (wished != 0) {
      return wished > 0;
    }
    int fullestFirst = Double.compare(load(other), load(one));
    int order = fullestFirst != 0 ? fullestFirst : one.name().compareTo(other.name());
    boolean reversed =
        spec.getPlacement().getStrategy() == PlacementStrategy.PLACEMENT_STRATEGY_SPREAD;
    return reversed ? order > 0 : order < 0;
  }

  private int wishes(NodeRecord node) {
    int sum = 0;
    for (Preference each : spec.getPlacement().getPreferList()) {
      boolean holds =
          Expression.parse(each.getExpression())
              .test(attribute -> value(node, attribute.toString()));
      sum += holds ? each.getWeight() : 0;
    }
    for (WorkloadAffinity each : spec.getPlacement().getAffinityList()) {
      sum += count(other(each, key), each.getWithin(), node) > 0 ? each.getWeight() : 0;
    }
    for (WorkloadAffinity each : spec.getPlacement().getAntiAffinityList()) {
      sum -= count(other(each, key), each.getWithin(), node) > 0 ? each.getWeight() : 0;
    }
    return sum;
  }

  private double load(NodeRecord node) {
    Resources capacity = node.message().getDescription().getCapacity();
    long cpu = 0;
    long memory = 0;
    for (InstanceRecord each : state.usage(node.name()).instances().values()) {
      if (!each.isFinal()) {
        cpu += each.reserved().getCpuMillis();
        memory += each.reserved().getMemoryBytes();
      }
    }
    return (Math.min(1, (double) cpu / capacity.getCpuMillis())
            + Math.min(1, (double) memory / capacity.getMemoryBytes()))
        / 2;
  }
}
