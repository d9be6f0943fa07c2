package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// How many nodes Berth fills, against first-fit-decreasing and against a bound below which nobody
/// can get.
final class BinPackingQualityTest {
  private static final int PROBLEMS = 200;
  private static final double MORE_NODES_MAX = 1.03;

  // The share of a node that the largest instances of a problem may have.
  private static final double ORDINARY = 0.25;
  private static final double LARGE = 0.5;

  /// @param cpu of a node, in thousandths of a CPU
  /// @param memory of a node, in MiB
  private record Problem(long cpu, long memory, List<Group> groups) {
    static Problem of(int seed) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      long cpu = 1_000L << (2 + random.nextInt(4));
      long memory = cpu * (2 + random.nextInt(3)) * 1_024 / 1_000;
      List<Group> groups = new ArrayList<>();
      int workloads = 10 + random.nextInt(30);
      boolean alike = random.nextBoolean();
      double largest = seed % 2 == 0 ? LARGE : ORDINARY;
      for (int i = 0; i < workloads; i++) {
        double share = share(random, largest);
        double other = alike ? share * (0.7 + 0.6 * random.nextDouble()) : share(random, largest);
        groups.add(
            new Group(
                Math.max(50, Math.round(share * cpu / 50) * 50),
                Math.max(32, Math.round(other * memory / 32) * 32),
                1 + random.nextInt(20)));
      }
      return new Problem(cpu, memory, groups);
    }

    /// Small instances are more frequent than large ones.
    private static double share(RandomGenerator random, double largest) {
      return 0.02 + random.nextDouble() * random.nextDouble() * largest;
    }

    double shareOf(Group group) {
      return Math.max((double) group.cpu() / cpu, (double) group.memory() / memory);
    }

    List<Group> instances() {
      List<Group> all = new ArrayList<>();
      groups.forEach(group -> all.addAll(Collections.nCopies(group.replicas(), group)));
      return all;
    }
  }

  private record Group(long cpu, long memory, int replicas) {
    WorkloadSpec.Builder spec() {
      return Specs.service(replicas)
          .setResources(Resources.newBuilder().setCpuMillis(cpu).setMemoryBytes(memory << 20));
    }
  }

  /// The best of first-fit-decreasing by the larger share, by both shares together, and by each.
  private static int firstFitDecreasing(Problem problem) {
    List<ToDoubleFunction<Group>> sizes =
        List.of(
            problem::shareOf,
            each -> (double) each.cpu() / problem.cpu() + (double) each.memory() / problem.memory(),
            Group::cpu,
            Group::memory);
    int fewest = Integer.MAX_VALUE;
    for (ToDoubleFunction<Group> size : sizes) {
      fewest = Math.min(fewest, firstFitDecreasing(problem, size));
    }
    return fewest;
  }

  private static int firstFitDecreasing(Problem problem, ToDoubleFunction<Group> size) {
    List<Group> instances = new ArrayList<>(problem.instances());
    instances.sort(Comparator.comparingDouble(size).reversed());
    List<long[]> bins = new ArrayList<>();
    for (Group each : instances) {
      long[] into = null;
      for (long[] bin : bins) {
        if (bin[0] >= each.cpu() && bin[1] >= each.memory()) {
          into = bin;
          break;
        }
      }
      if (into == null) {
        into = new long[] {problem.cpu(), problem.memory()};
        bins.add(into);
      }
      into[0] -= each.cpu();
      into[1] -= each.memory();
    }
    return bins.size();
  }

  /// The linear relaxation, by either resource, and the instances of which no two fit together.
  private static int bound(Problem problem) {
    long cpu = 0;
    long memory = 0;
    int alone = 0;
    for (Group each : problem.instances()) {
      cpu += each.cpu();
      memory += each.memory();
      alone += problem.shareOf(each) > 0.5 ? 1 : 0;
    }
    long byRoom =
        Math.max(Math.ceilDiv(cpu, problem.cpu()), Math.ceilDiv(memory, problem.memory()));
    return (int) Math.max(byRoom, alone);
  }

  /// Nodes in use after all workloads were asked for.
  private static int nodesUsed(Problem problem, boolean oneTurn) {
    CoreWorld world = new CoreWorld(1);
    int nodes = firstFitDecreasing(problem) * 3 / 2 + 2;
    for (int i = 0; i < nodes; i++) {
      world.node("n%03d".formatted(i), problem.cpu(), problem.memory());
    }
    List<ClusterEvent> turn = new ArrayList<>();
    int made = 0;
    for (Group group : problem.groups()) {
      turn.add(CoreWorld.creating(1_000_000L + made, "w" + made, group.spec()));
      made++;
    }
    if (oneTurn) {
      world.decide(turn);
    } else {
      turn.forEach(world::decide);
    }
    assertEquals(0, world.state().pending().size(), "all must be placed");
    new Invariants().check(world);
    int used = 0;
    for (NodeRecord node : world.state().nodes().values()) {
      used += world.state().usage(node.name()).active() > 0 ? 1 : 0;
    }
    return used;
  }

  /// Sums over problems.
  private static final class Totals {
    private int berth;
    private int singly;
    private int decreasing;
    private int bound;
    private double worst;
    private String worstIs = "";

    void add(int seed) {
      Problem problem = Problem.of(seed);
      int used = nodesUsed(problem, true);
      int fewest = firstFitDecreasing(problem);
      int least = bound(problem);
      assertTrue(used >= least, "fewer than there can be");
      berth += used;
      singly += nodesUsed(problem, false);
      decreasing += fewest;
      bound += least;
      if ((double) used / fewest > worst) {
        worst = (double) used / fewest;
        worstIs = "%d for %d (bound %d), problem %d".formatted(used, fewest, least, seed);
      }
    }

    @Override
    public String toString() {
      return "Berth %d nodes (one workload a turn: %d), best first-fit-decreasing %d (%+.2f %%), bound %d (%+.2f %%), worst %s"
          .formatted(
              berth,
              singly,
              decreasing,
              100.0 * berth / decreasing - 100,
              bound,
              100.0 * berth / bound - 100,
              worstIs);
    }
  }

  @Test
  void needsAtMostThreePercentMoreNodesThanTheBest() {
    Totals ordinary = new Totals();
    Totals large = new Totals();
    for (int seed = 1; seed <= PROBLEMS; seed++) {
      (seed % 2 == 0 ? large : ordinary).add(seed);
    }
    String figures = "ordinary instances: " + ordinary + "\nlarge instances: " + large;
    System.out.println(figures);
    assertTrue(
        ordinary.berth + large.berth <= (ordinary.decreasing + large.decreasing) * MORE_NODES_MAX,
        figures);
  }
}
