package dev.berth.controller.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.Device;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.Instance;
import dev.berth.v1.Namespace;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeState;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Quota;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Small clusters in which every choice of victims can be tried.
final class PreemptionTest {
  private static final int SEEDS = 1_500;
  private static final WorkloadKey URGENT = new WorkloadKey("default", "urgent");

  /// What is best of a choice: the priority of the most important victim, then how many there are.
  private record Cost(int highest, int victims) implements Comparable<Cost> {
    @Override
    public int compareTo(Cost other) {
      return highest != other.highest
          ? Integer.compare(highest, other.highest)
          : Integer.compare(victims, other.victims);
    }
  }

  private static final class Case {
    private final RandomGenerator random;
    private final SampleCluster cluster = new SampleCluster();
    private final Map<WorkloadKey, Integer> budgets = new HashMap<>();
    private final WorkloadSpec urgent;

    Case(int seed) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      for (int i = random.nextInt(4); i >= 0; i--) {
        cluster.put(
            Node.newBuilder().setName("n" + i).setDescription(host()),
            random.nextInt(10) > 0 ? NodeState.NODE_STATE_READY : NodeState.NODE_STATE_SUSPECT,
            true);
      }
      for (int i = 0; i < 5; i++) {
        WorkloadKey key = new WorkloadKey("default", "w" + i);
        budgets.put(key, random.nextInt(3) == 0 ? random.nextInt(2) : Integer.MAX_VALUE);
        cluster.put(key, spec(10 * (1 + random.nextInt(6)) + random.nextInt(2)).build());
      }
      fill();
      urgent = spec(40 + 5 * random.nextInt(8)).build();
      cluster.put(URGENT, urgent);
    }

    private NodeDescription.Builder host() {
      NodeDescription.Builder host =
          Specs.host(500L * (1 + random.nextInt(3)), 512L * (1 + random.nextInt(3)));
      for (int i = random.nextInt(3); i > 0; i--) {
        host.addDevices(Device.newBuilder().setName("gpu").setId("g" + i));
      }
      return host;
    }

    private WorkloadSpec.Builder spec(int priority) {
      Resources.Builder resources =
          Resources.newBuilder()
              .setCpuMillis(100L * (1 + random.nextInt(5)))
              .setMemoryBytes((128L << 20) * (1 + random.nextInt(4)));
      if (random.nextInt(5) == 0) {
        resources.addDevices(DeviceCount.newBuilder().setName("gpu").setCount(1));
      }
      WorkloadSpec.Builder spec = Specs.service(1).setPriority(priority).setResources(resources);
      if (random.nextInt(5) == 0) {
        spec.addPorts(
            PortSpec.newBuilder()
                .setTarget(80)
                .setPublish(8_080)
                .setProtocol(PortProtocol.PORT_PROTOCOL_TCP));
      }
      return spec;
    }

    private void fill() {
      int slot = 0;
      for (int i = 0; i < 24; i++) {
        WorkloadRecord workload =
            List.copyOf(cluster.state().workloads().values()).get(random.nextInt(5));
        PlacementRequest request =
            PlacementRequest.of(
                workload.key(),
                workload.message().getSpec(),
                List.of(new PlacementRequest.Slot(++slot, null)));
        if (cluster
                    .scheduler
                    .place(
                        cluster.state(), request, new Scheduler.Circumstances(_ -> 0, true), random)
                    .getFirst()
                instanceof Placement.Placed placed
            && cluster.state().usage(placed.node()).instances().size() < 6) {
          cluster.run(request, slot, placed);
        }
      }
    }

    Placement place() {
      PlacementRequest request =
          PlacementRequest.of(URGENT, urgent, List.of(new PlacementRequest.Slot(1, null)));
      return cluster
          .scheduler
          .place(
              cluster.state(),
              request,
              new Scheduler.Circumstances(
                  key -> budgets.getOrDefault(key, Integer.MAX_VALUE), true),
              random)
          .getFirst();
    }

    private int priority(InstanceRecord instance) {
      WorkloadRecord workload = cluster.state().workload(instance.workload());
      return workload == null ? 50 : workload.message().getSpec().getPriority();
    }

    private NaiveRules rules() {
      return new NaiveRules(cluster.state(), URGENT, urgent, "");
    }

    /// The cost of a choice; null when it may not be, or does not help.
    @Nullable Cost cost(NodeRecord node, List<InstanceRecord> victims) {
      Map<WorkloadKey, Integer> taken = new HashMap<>();
      int highest = 0;
      for (InstanceRecord each : victims) {
        int budget = budgets.getOrDefault(each.workload(), Integer.MAX_VALUE);
        if (priority(each) + 10 > urgent.getPriority()
            || taken.merge(each.workload(), 1, Integer::sum) > budget) {
          return null;
        }
        highest = Math.max(highest, priority(each));
      }
      List<InstanceRecord> left =
          new ArrayList<>(cluster.state().usage(node.name()).instances().values());
      left.removeAll(victims);
      return rules().wouldAllow(node) && rules().hasRoom(node, left)
          ? new Cost(highest, victims.size())
          : null;
    }

    /// The best of all choices; null when there is none.
    @Nullable Cost best() {
      Cost best = null;
      for (NodeRecord node : cluster.state().nodes().values()) {
        List<InstanceRecord> there =
            List.copyOf(cluster.state().usage(node.name()).instances().values());
        for (int mask = 1; mask < 1 << there.size(); mask++) {
          List<InstanceRecord> victims = new ArrayList<>();
          for (int i = 0; i < there.size(); i++) {
            if ((mask & 1 << i) != 0) {
              victims.add(there.get(i));
            }
          }
          Cost cost = cost(node, victims);
          best = cost != null && (best == null || cost.compareTo(best) < 0) ? cost : best;
        }
      }
      return best;
    }

    /// True when somebody had to make room.
    boolean check() {
      Placement placement = place();
      switch (placement) {
        case Placement.Placed placed -> assertEquals(rules().best(), placed.node());
        case Placement.Unplaced none -> {
          assertEquals(null, rules().best(), none.message());
          assertEquals(null, best(), () -> "nobody was stopped: " + none.message());
        }
        case Placement.Preempting preempting -> {
          assertEquals(null, rules().best(), "there is room without");
          NodeRecord node = cluster.state().node(preempting.node());
          assertTrue(node != null);
          Cost cost = node == null ? null : cost(node, preempting.victims());
          assertEquals(best(), cost, preempting::message);
          List<String> names =
              preempting.victims().stream().map(each -> each.message().getName()).toList();
          assertEquals(names, List.copyOf(preempting.explanation().found().getPreemptedList()));
        }
      }
      return placement instanceof Placement.Preempting;
    }
  }

  @Test
  void stopsTheLeastImportantAndNoMoreThanNeeded() {
    int preempting = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      try {
        preempting += new Case(seed).check() ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertTrue(preempting > SEEDS / 5, "cases in which somebody had to make room: " + preempting);
  }

  // Cases by hand

  private final SampleCluster cluster = new SampleCluster();
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(9);

  private static WorkloadSpec.Builder sized(int priority, long cpuMillis) {
    return Specs.service(1)
        .setPriority(priority)
        .setResources(Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(64L << 20));
  }

  private void node(String name) {
    cluster.put(
        Node.newBuilder().setName(name).setDescription(Specs.host(1_000, 1_024)),
        NodeState.NODE_STATE_READY,
        true);
  }

  private List<Placement> place(String name, WorkloadSpec.Builder spec, int slots) {
    WorkloadKey key = new WorkloadKey("default", name);
    cluster.put(key, spec.build());
    List<PlacementRequest.Slot> wanted = new ArrayList<>();
    for (int i = 1; i <= slots; i++) {
      wanted.add(new PlacementRequest.Slot(i, null));
    }
    PlacementRequest request = PlacementRequest.of(key, spec.build(), wanted);
    List<Placement> placements =
        cluster.scheduler.place(
            cluster.state(),
            request,
            new Scheduler.Circumstances(_ -> Integer.MAX_VALUE, true),
            random);
    for (int i = 0; i < slots; i++) {
      switch (placements.get(i)) {
        case Placement.Placed placed -> cluster.run(request, i + 1, placed);
        case Placement.Preempting preempting -> {
          cluster.nominate(cluster.await(request, i + 1), preempting.node());
          preempting.victims().forEach(each -> cluster.put(each.stopping(null)));
        }
        case Placement.Unplaced _ -> cluster.await(request, i + 1);
      }
    }
    return placements;
  }

  @Test
  void leavesThoseAloneThatAreNearlyAsImportant() {
    node("n1");
    place("near", sized(41, 900), 1);
    assertTrue(place("urgent", sized(50, 500), 1).getFirst() instanceof Placement.Unplaced);
    assertTrue(place("more", sized(51, 500), 1).getFirst() instanceof Placement.Preempting);
  }

  @Test
  void keepsTheRoomThatIsBeingMadeFromOthers() {
    node("n1");
    place("low", sized(10, 900), 1);
    assertTrue(place("urgent", sized(60, 500), 1).getFirst() instanceof Placement.Preempting);
    assertTrue(place("small", sized(15, 100), 1).getFirst() instanceof Placement.Unplaced);
    InstanceRecord low = cluster.state().usage("n1").instances().values().iterator().next();
    cluster.remove(low);
    assertTrue(place("other", sized(50, 600), 1).getFirst() instanceof Placement.Unplaced);
    assertTrue(place("tiny", sized(50, 500), 1).getFirst() instanceof Placement.Placed);
    PlacementRequest again =
        PlacementRequest.of(
            URGENT, sized(60, 500).build(), List.of(new PlacementRequest.Slot(1, null, "n1")));
    assertTrue(
        cluster
                .scheduler
                .place(cluster.state(), again, new Scheduler.Circumstances(_ -> 0, true), random)
                .getFirst()
            instanceof Placement.Placed);
  }

  @Test
  void stopsNobodyForSlotsThatTheQuotaDoesNotAllow() {
    node("n1");
    node("n2");
    node("n3");
    place("low", sized(10, 900), 3);
    cluster.put(
        Namespace.newBuilder()
            .setName("default")
            .setQuota(Quota.newBuilder().setInstances(4))
            .build());
    long making =
        place("urgent", sized(60, 500), 3).stream()
            .filter(each -> each instanceof Placement.Preempting)
            .count();
    assertEquals(1, making);
  }

  @Test
  void stopsNobodyForSlotsThatMustBeApart() {
    node("n1");
    node("n2");
    place("low", sized(10, 900), 2);
    WorkloadSpec.Builder spec = sized(60, 500);
    spec.getPlacementBuilder().addAntiAffinityBuilder().setWithin("node.labels.zone");
    long making =
        place("urgent", spec, 2).stream()
            .filter(each -> each instanceof Placement.Preempting)
            .count();
    assertEquals(1, making, "both nodes are in the same zone");
  }

  @Test
  void placesSiblingsTogetherAlthoughTheyAreToBeSpread() {
    for (String zone : List.of("a", "b", "c")) {
      cluster.put(
          Node.newBuilder()
              .setName("n-" + zone)
              .putLabels("zone", zone)
              .setDescription(Specs.host(1_000, 1_024)),
          NodeState.NODE_STATE_READY,
          true);
    }
    WorkloadSpec.Builder spec = sized(50, 300);
    spec.getPlacementBuilder().addSpread("node.labels.zone");
    spec.getPlacementBuilder().addAffinityBuilder().setWithin("node.name");
    List<String> nodes = new ArrayList<>();
    for (Placement each : place("web", spec, 3)) {
      nodes.add(each instanceof Placement.Placed placed ? placed.node() : "none");
    }
    assertEquals(List.of("n-a", "n-a", "n-a"), nodes);
  }

  @Test
  void stopsOneForEachOfManySlots() {
    for (int i = 1; i <= 4; i++) {
      node("n" + i);
    }
    place("low", sized(10, 450), 8);
    List<Placement> placements = place("urgent", sized(60, 400), 3);
    List<Instance> victims = new ArrayList<>();
    for (Placement each : placements) {
      if (each instanceof Placement.Preempting preempting) {
        preempting.victims().forEach(victim -> victims.add(victim.message()));
      }
    }
    assertEquals(3, victims.stream().map(Instance::getId).distinct().count());
    assertEquals(3, victims.size());
  }
}
