package dev.berth.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.berth.simulation.agent.SimulatedNode;
import dev.berth.simulation.controller.SimulatedController;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.Fault;
import dev.berth.simulation.fault.FaultKind;
import dev.berth.simulation.kernel.Trace;
import dev.berth.simulation.user.WorkloadOwner;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// A cluster that is up, with one workload of each lost policy, to which one thing happens. Its
/// invariants are judged all the time.
final class TestCluster {
  /// Index of a user whose slots may be replaced.
  static final int REPLACED = 1;

  /// Index of a user whose slots are held.
  static final int HELD = 3;

  static final int REPLICAS = 4;

  final World world;
  final FaultInjector faults;

  TestCluster(long seed) {
    world = new World(seed, World.Size.SMALL, new Bugs(Set.of()), new Trace(null));
    faults = new FaultInjector(world);
    world.start();
    await("all nodes are welcome", 10_000, this::allWelcomed);
    owner(REPLACED).create(spec(LostPolicy.LOST_POLICY_REPLACE));
    owner(HELD).create(spec(LostPolicy.LOST_POLICY_HOLD));
    await("both workloads run", 10_000, this::isSettled);
    pass(30_000);
  }

  static WorkloadSpec spec(LostPolicy policy) {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(REPLICAS)
        .setContainer(ContainerSpec.newBuilder().setImage("steady"))
        .setLostPolicy(policy)
        .setResources(Resources.newBuilder().setCpuMillis(300).setMemoryBytes(64L << 20))
        .build();
  }

  WorkloadOwner owner(int index) {
    return world.owners().get(index - 1);
  }

  void pass(long millis) {
    world.pass(millis);
  }

  /// Waits in virtual time.
  ///
  /// @return how long it took, in milliseconds
  long await(String what, long limitMillis, BooleanSupplier condition) {
    for (long waited = 0; waited <= limitMillis; waited += 50) {
      if (condition.getAsBoolean()) {
        return waited;
      }
      world.pass(50);
    }
    throw new AssertionError(what + ": not within " + limitMillis + " ms");
  }

  void begin(FaultKind kind, long millis, int detail) {
    faults.begin(new Fault(kind, 0, millis, detail));
  }

  boolean allWelcomed() {
    return world.nodes().stream().allMatch(SimulatedNode::isWelcomed);
  }

  boolean isSettled() {
    Map<String, Long> live = world.liveBySlot();
    return live.size() == 2 * REPLICAS
        && live.values().stream().allMatch(each -> each == 1)
        && world.owners().stream().allMatch(each -> each.unsettled(live).isEmpty());
  }

  SimulatedController leader() {
    SimulatedController leader = world.leader();
    assertNotNull(leader, "nobody leads");
    return leader;
  }

  SimulatedNode node(int index) {
    return world.nodes().get(index);
  }

  /// Every program that runs, with when it was started.
  Map<String, String> programs() {
    Map<String, String> programs = new TreeMap<>();
    for (SimulatedNode node : world.nodes()) {
      node.runtime().objects().stream()
          .filter(each -> each.isLive())
          .forEach(each -> programs.put(node.name() + "/" + each.id(), each.state().toString()));
    }
    return programs;
  }

  /// How many programs of Berth run on a node.
  long running(SimulatedNode node) {
    return node.runtime().objects().stream()
        .filter(each -> each.isLive() && !each.instance().isEmpty())
        .count();
  }

  /// After a while everything is as it should be, and nothing is written any more.
  void staysQuiet() {
    await("desired is reached", 60_000, this::isSettled);
    pass(30_000);
    long before = world.etcd().model().revision();
    pass(60_000);
    assertEquals(before, world.etcd().model().revision(), "writes although nothing happens");
  }
}
