package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.InstanceState;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random requests, faults and agents against the core; the invariants are checked after each step.
/// A failure names its seed: `-Dberth.seed=N` runs that one alone.
final class ClusterSimulationTest {
  private static final int STEPS = 300;

  static LongStream seeds() {
    Long one = Long.getLong("berth.seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, 25);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsItsInvariantsAndComesToRest(long seed) {
    Run run = new Run(seed);
    run.steps();
    run.heal();
    run.expectRest();
  }

  @Test
  void decidesTheSameForTheSameSeed() {
    Run one = new Run(4711);
    Run two = new Run(4711);
    one.steps();
    two.steps();
    assertEquals(one.world.trace(), two.world.trace());
  }

  private static final class Run {
    final CoreWorld world;
    final Invariants invariants = new Invariants();
    final RandomGenerator random;

    Run(long seed) {
      world = new CoreWorld(seed);
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + 7);
      int nodes = 2 + random.nextInt(4);
      for (int i = 1; i <= nodes; i++) {
        world.node("n" + i, 1_000 + random.nextInt(3) * 1_000L, 2_048);
      }
    }

    void steps() {
      for (int i = 0; i < STEPS; i++) {
        step();
        invariants.check(world);
        if (i % 10 == 0) {
          Invariants.whatMattersIsStored(world);
        }
      }
    }

    void step() {
      switch (random.nextInt(16)) {
        case 0, 1 -> world.request(r -> CoreWorld.creating(r, name(), spec()));
        case 2 -> world.request(r -> CoreWorld.updating(r, name(), spec()));
        case 3 -> world.request(r -> CoreWorld.scaling(r, name(), random.nextInt(6)));
        case 4 -> delete();
        case 5 -> world.request(r -> CoreWorld.stopping(r, name(), slots()));
        case 6 -> world.request(r -> CoreWorld.starting(r, name(), slots()));
        case 7 -> world.request(r -> CoreWorld.restarting(r, name(), slots()));
        case 8 -> fault();
        case 9 -> reconnect();
        case 10 -> endSomething();
        case 11 -> world.pass(1 + random.nextInt(30));
        default -> work();
      }
    }

    private void work() {
      SimulatedNode node = node();
      for (int i = random.nextInt(12); i >= 0; i--) {
        node.work();
      }
    }

    private void delete() {
      String name = name();
      if (world.request(r -> CoreWorld.deleting(r, name)) instanceof Outcome.Success(var answer)) {
        invariants.acknowledgedDelete(((Workload) answer).getUid());
      }
    }

    private void fault() {
      switch (random.nextInt(4)) {
        case 0 -> node().disconnect();
        case 1 -> node().mute();
        case 2 -> {
          world.changeLeader();
          invariants.leaderChanged();
          world.nodes.values().stream()
              .filter(_ -> random.nextInt(4) > 0)
              .forEach(SimulatedNode::connect);
        }
        default -> {
          node().mute();
          world.pass(25);
        }
      }
    }

    private void reconnect() {
      List<SimulatedNode> away = world.nodes.values().stream().filter(n -> !n.isHeard()).toList();
      (away.isEmpty() ? node() : away.get(random.nextInt(away.size()))).connect();
    }

    private void endSomething() {
      SimulatedNode node = node();
      List<String> running = node.running();
      if (!running.isEmpty()) {
        String id = running.get(random.nextInt(running.size()));
        node.end(
            id,
            random.nextBoolean()
                ? InstanceState.INSTANCE_STATE_FAILED
                : InstanceState.INSTANCE_STATE_COMPLETE);
      }
    }

    private SimulatedNode node() {
      List<SimulatedNode> all = List.copyOf(world.nodes.values());
      return all.get(random.nextInt(all.size()));
    }

    private String name() {
      return "w" + random.nextInt(4);
    }

    private Integer[] slots() {
      return random.nextBoolean() ? new Integer[0] : new Integer[] {1 + random.nextInt(4)};
    }

    private WorkloadSpec.Builder spec() {
      WorkloadSpec.Builder spec =
          random.nextInt(4) == 0
              ? Specs.batch(random.nextInt(4))
              : Specs.service(random.nextInt(5));
      spec.setResources(
          Resources.newBuilder()
              .setCpuMillis(100 + random.nextInt(5) * 100L)
              .setMemoryBytes((64L + random.nextInt(4) * 64L) << 20));
      spec.putLabels("version", Integer.toString(random.nextInt(3)));
      if (random.nextInt(3) == 0) {
        spec.addPorts(PortSpec.newBuilder().setTarget(80).setPublish(8080));
      }
      if (random.nextInt(3) == 0) {
        spec.addPorts(PortSpec.newBuilder().setTarget(90));
      }
      if (random.nextBoolean()) {
        spec.getPlacementBuilder().addSpread("node.name");
      }
      spec.setLostPolicy(
          random.nextInt(3) == 0 ? LostPolicy.LOST_POLICY_HOLD : LostPolicy.LOST_POLICY_REPLACE);
      return spec;
    }

    /// Every node returns, and time enough passes for every back-off.
    void heal() {
      for (SimulatedNode node : world.nodes.values()) {
        node.connect();
      }
      for (int i = 0; i < 80; i++) {
        world.settle();
        world.pass(60, 5);
        invariants.check(world);
      }
      world.settle();
    }

    void expectRest() {
      invariants.check(world);
      for (WorkloadRecord workload : world.state().workloads().values()) {
        assertTrue(!workload.message().getDeleting(), () -> "still deleting " + workload.key());
      }
      for (InstanceRecord instance : world.state().instances().values()) {
        assertTrue(
            instance.isFinal()
                || instance.isPending()
                || isCurrent(instance)
                || hasPending(instance),
            () -> "not at rest: " + instance);
      }
      for (SimulatedNode node : world.nodes.values()) {
        for (String id : node.containers.keySet()) {
          InstanceRecord instance = world.state().instances().get(id);
          assertTrue(
              instance != null && instance.node().equals(node.name()) && instance.isWanted(),
              () -> "stray on " + node.name() + ": " + id);
        }
      }
      long durable = world.durable();
      world.pass(60);
      world.settle();
      assertEquals(durable, world.durable(), "writes although nothing happens");
    }

    private boolean isCurrent(InstanceRecord instance) {
      WorkloadRecord workload = world.state().workload(instance.workload());
      return workload != null
          && instance.state() == InstanceState.INSTANCE_STATE_RUNNING
          && instance.message().getWorkloadRevision() == workload.message().getRevision();
    }

    // A roll-out waits while a slot of its workload finds no node.
    private boolean hasPending(InstanceRecord instance) {
      return world.state().instancesOf(instance.workload()).stream()
          .anyMatch(InstanceRecord::isPending);
    }
  }
}
