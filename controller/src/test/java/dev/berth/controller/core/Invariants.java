package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeUsage.HostPort;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.InstanceState;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.PortBinding;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What must hold after every step of a [CoreWorld].
final class Invariants {
  private final Map<String, Map.Entry<Long, InstanceState>> states = new HashMap<>();
  private final Set<String> deleted = new HashSet<>();

  /// The delete of this very workload was acknowledged.
  void acknowledgedDelete(String uid) {
    deleted.add(uid);
  }

  /// States start anew with a leader: the agents report them again.
  void leaderChanged() {
    states.values().removeIf(known -> !InstanceRecord.isFinal(known.getValue()));
  }

  void check(CoreWorld world) {
    nothingIsOvercommitted(world.state());
    checkShrinking(world);
  }

  /// The same for hosts whose capacity may shrink below what is reserved.
  void checkShrinking(CoreWorld world) {
    ClusterState state = world.state();
    oneInstanceRunsInASlot(state);
    statesNeverGoBack(state);
    deletedStaysDeleted(state);
    holdNeverDoubles(world);
  }

  private static void nothingIsOvercommitted(ClusterState state) {
    for (NodeRecord node : state.nodes().values()) {
      long cpu = 0;
      long memory = 0;
      Set<HostPort> ports = new HashSet<>();
      for (InstanceRecord instance : state.instances().values()) {
        if (instance.node().equals(node.name()) && !instance.isFinal()) {
          cpu += instance.reserved().getCpuMillis();
          memory += instance.reserved().getMemoryBytes();
          for (PortBinding port : instance.message().getPortsList()) {
            assertTrue(ports.add(HostPort.of(port)), "port taken twice: " + port);
          }
        }
      }
      assertEquals(cpu, state.usage(node.name()).cpuMillis());
      assertEquals(memory, state.usage(node.name()).memoryBytes());
      assertEquals(ports, state.usage(node.name()).ports().keySet());
      var capacity = node.message().getDescription().getCapacity();
      assertTrue(cpu <= capacity.getCpuMillis(), "CPU of " + node.name());
      assertTrue(memory <= capacity.getMemoryBytes(), "memory of " + node.name());
    }
  }

  /// Whatever must survive a leader is stored, and nothing else is.
  static void whatMattersIsStored(CoreWorld world) {
    ClusterState state = world.state();
    ClusterState stored = world.reloaded();
    assertEquals(state.workloads(), stored.workloads());
    assertEquals(state.nodes().keySet(), stored.nodes().keySet());
    for (NodeRecord node : state.nodes().values()) {
      NodeRecord same = stored.node(node.name());
      assertTrue(same != null && same.message().equals(node.message()), node.name());
    }
    for (InstanceRecord instance : state.instances().values()) {
      InstanceRecord same = stored.instance(instance.id());
      assertEquals(instance.isPending(), same == null, () -> "stored: " + instance);
      assertTrue(
          same == null
              || (same.attempt().equals(instance.attempt())
                  && same.message().getDesiredState() == instance.message().getDesiredState()
                  && same.message().getPortsList().equals(instance.message().getPortsList())
                  && same.restartGeneration() == instance.restartGeneration()
                  && same.isFinal() == instance.isFinal()),
          () -> "stored differently: " + instance);
    }
    assertTrue(state.instances().keySet().containsAll(stored.instances().keySet()));
  }

  private static void oneInstanceRunsInASlot(ClusterState state) {
    Map<String, String> wanted = new HashMap<>();
    for (InstanceRecord instance : state.instances().values()) {
      if (instance.isWanted()) {
        String slot = instance.message().getWorkloadUid() + "." + instance.slot();
        String other = wanted.put(slot, instance.id());
        assertEquals(null, other, "two instances wanted in slot " + slot);
      }
    }
  }

  private void statesNeverGoBack(ClusterState state) {
    for (InstanceRecord instance : state.instances().values()) {
      long start = instance.message().getStartGeneration();
      Map.Entry<Long, InstanceState> known =
          states.put(instance.id(), Map.entry(start, instance.state()));
      if (known != null && known.getKey() != start) {
        // Only what was stopped is started again, perhaps in the turn in which it was heard of.
        assertTrue(
            known.getValue() == InstanceState.INSTANCE_STATE_STOPPED
                || !InstanceRecord.isFinal(known.getValue()),
            () -> known.getValue() + " was started again");
        assertEquals(known.getKey() + 1, start);
      } else if (known != null) {
        InstanceState before = known.getValue();
        assertTrue(
            before.getNumber() <= instance.state().getNumber(),
            () -> before + " became " + instance.state());
        assertTrue(
            !InstanceRecord.isFinal(before) || before == instance.state(),
            () -> before + " became " + instance.state());
      }
    }
  }

  private void deletedStaysDeleted(ClusterState state) {
    for (WorkloadRecord workload : state.workloads().values()) {
      assertFalse(
          deleted.contains(workload.message().getUid()) && !workload.message().getDeleting(),
          () -> "came back: " + workload.key());
    }
    for (InstanceRecord instance : state.instances().values()) {
      assertTrue(
          state.workload(instance.workload()) != null, () -> "orphan: " + instance.message());
    }
  }

  private static void holdNeverDoubles(CoreWorld world) {
    Map<String, String> live = new HashMap<>();
    for (SimulatedNode node : world.nodes.values()) {
      node.containers.forEach(
          (id, instance) -> {
            if (instance.getSpec().getLostPolicy() == LostPolicy.LOST_POLICY_HOLD) {
              String slot = instance.getWorkloadUid() + "." + instance.getSlot();
              String other = live.put(slot, id + " on " + node.name());
              assertEquals(null, other, "held slot " + slot + " lives twice, also " + id);
            }
          });
    }
  }
}
