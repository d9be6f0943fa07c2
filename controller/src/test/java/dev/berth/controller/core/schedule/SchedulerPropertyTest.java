package dev.berth.controller.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.core.schedule.PlacementRequest.Slot;
import dev.berth.v1.Device;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Mount;
import dev.berth.v1.NodeState;
import dev.berth.v1.PortBinding;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Random histories of random clusters: what the scheduler says after each step is judged by
/// [NaiveRules], and by a scheduler that has seen nothing of the history.
final class SchedulerPropertyTest {
  private static final int SEEDS = 400;
  private static final int STEPS = 60;
  private static final int WORKLOADS = 6;

  @Test
  void placesBestWhereItMayAndRefusesOnlyTheImpossible() {
    int placed = 0;
    int refused = 0;
    int preempting = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      History history = new History(seed);
      for (int step = 0; step < STEPS; step++) {
        try {
          history.step();
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
        }
      }
      placed += history.placed;
      refused += history.refused;
      preempting += history.preempting;
    }
    assertTrue(placed > 2_000, "placed: " + placed);
    assertTrue(refused > 1_000, "refused: " + refused);
    assertTrue(preempting > 100, "preempting: " + preempting);
  }

  private static final class History {
    private final RandomGenerator random;
    private final RandomCluster sample;
    private final SampleCluster cluster = new SampleCluster();
    private int nodes;
    private int slots;
    private int placed;
    private int refused;
    private int preempting;

    History(int seed) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      sample = new RandomCluster(random);
      for (int i = random.nextInt(7); i >= 0; i--) {
        putNode("n" + ++nodes);
      }
      for (int i = 0; i < WORKLOADS; i++) {
        cluster.put(key(i), sample.spec(WORKLOADS));
      }
    }

    private static WorkloadKey key(int i) {
      return new WorkloadKey("default", "w" + i);
    }

    private void putNode(String name) {
      cluster.put(
          sample.node(name),
          sample.happens(92) ? NodeState.NODE_STATE_READY : NodeState.NODE_STATE_SUSPECT,
          sample.happens(95));
    }

    void step() {
      int dice = random.nextInt(100);
      List<InstanceRecord> all = new ArrayList<>(cluster.state().instances().values());
      if (dice < 50) {
        place(sample.any(List.copyOf(cluster.state().workloads().values())));
      } else if (dice < 60) {
        retry();
      } else if (dice < 78) {
        if (!all.isEmpty()) {
          end(sample.any(all));
        }
      } else if (dice < 88) {
        putNode("n" + (1 + random.nextInt(nodes)));
      } else if (dice < 90) {
        putNode("n" + ++nodes);
      } else if (dice < 92) {
        cluster.removeNode("n" + (1 + random.nextInt(nodes)));
      } else if (dice < 96) {
        change(key(random.nextInt(WORKLOADS)));
      } else {
        cluster.put(sample.namespace());
      }
      nothingIsOvercommitted();
    }

    private void change(WorkloadKey key) {
      if (cluster.state().workload(key) != null && sample.happens(50)) {
        cluster.removeWorkload(key);
        if (cluster.state().workloads().isEmpty()) {
          cluster.put(key, sample.spec(WORKLOADS));
        }
      } else {
        cluster.put(key, sample.spec(WORKLOADS));
      }
    }

    private void end(InstanceRecord instance) {
      if (instance.isPending() || instance.isFinal() || sample.happens(50)) {
        cluster.remove(instance);
      } else {
        cluster.put(
            instance.with(
                InstanceStatus.newBuilder()
                    .setState(InstanceState.INSTANCE_STATE_STOPPED)
                    .build()));
      }
    }

    private void place(WorkloadRecord workload) {
      List<Slot> wanted = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        wanted.add(new Slot(++slots, sample.happens(20) ? previous(workload) : null));
      }
      place(workload, wanted);
    }

    private @Nullable InstanceRecord previous(WorkloadRecord workload) {
      for (InstanceRecord each : cluster.state().instancesOf(workload.key())) {
        if (each.isFinal() && cluster.state().node(each.node()) != null) {
          return each;
        }
      }
      return null;
    }

    private void retry() {
      for (InstanceRecord waiting : cluster.state().pending().values()) {
        WorkloadRecord workload = cluster.state().workload(waiting.workload());
        if (workload != null) {
          place(
              workload,
              List.of(
                  new Slot(waiting.slot(), null, cluster.state().nominations().get(waiting.id()))));
          return;
        }
      }
    }

    private void place(WorkloadRecord workload, List<Slot> wanted) {
      PlacementRequest request =
          PlacementRequest.of(workload.key(), workload.message().getSpec(), wanted);
      ClusterState state = cluster.state();
      long seed = random.nextLong();
      List<Placement> placements =
          cluster.scheduler.place(
              state, request, new Scheduler.Circumstances(_ -> 1, true), generator(seed));
      assertEquals(
          new Scheduler()
              .place(state, request, new Scheduler.Circumstances(_ -> 1, true), generator(seed)),
          placements,
          "a scheduler that knows nothing of the history");
      judge(request, placements, slot -> isWithData(request, slot));
      judge(request, placements, slot -> !isWithData(request, slot));
    }

    private void judge(
        PlacementRequest request, List<Placement> placements, Predicate<Slot> which) {
      for (int i = 0; i < placements.size(); i++) {
        if (which.test(request.slots().get(i))) {
          judge(request, request.slots().get(i), placements.get(i));
        }
      }
    }

    /// Such slots come first: there is one node only for them.
    private static boolean isWithData(PlacementRequest request, Slot slot) {
      return slot.previous() != null
          && request.spec().getMountsList().stream().anyMatch(Mount::hasVolume);
    }

    private static RandomGenerator generator(long seed) {
      return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private void judge(PlacementRequest request, Slot slot, Placement placement) {
      InstanceRecord waiting = cluster.waiting(request.workload(), slot.index());
      NaiveRules rules =
          new NaiveRules(
              cluster.state(),
              request.workload(),
              request.spec(),
              waiting == null ? "" : waiting.id());
      switch (placement) {
        case Placement.Placed there -> {
          placed++;
          assertTrue(rules.isWithinQuota(), "quota");
          NodeRecord node = cluster.state().node(there.node());
          assertTrue(node != null && rules.allows(node), () -> slot + " must not go to " + there);
          if (slot.previous() == null && slot.nominated() == null) {
            assertEquals(rules.best(), there.node(), () -> "best node for " + slot + request);
          }
          if (pin(request.spec(), slot) != null) {
            assertEquals(pin(request.spec(), slot), there.node());
          }
          cluster.run(request, slot.index(), there);
        }
        case Placement.Unplaced none -> {
          refused++;
          if (none.reason().equals("QuotaExceeded")) {
            assertTrue(!rules.isWithinQuota(), "the quota has room");
          } else {
            nothingFits(rules, request.spec(), slot, none.message());
          }
          InstanceRecord pending = cluster.await(request, slot.index());
          if (cluster.state().nominations().containsKey(pending.id())) {
            cluster.nominate(pending, "");
          }
        }
        case Placement.Preempting making -> {
          preempting++;
          assertTrue(rules.isWithinQuota(), "quota");
          if (slot.nominated() == null) {
            nothingFits(rules, request.spec(), slot, making.message());
          }
          NodeRecord node = cluster.state().node(making.node());
          assertTrue(node != null && rules.wouldAllow(node), "must not go there at all");
          InstanceRecord pending = cluster.await(request, slot.index());
          cluster.nominate(pending, making.node());
          making.victims().forEach(victim -> cluster.put(victim.stopping(null)));
        }
      }
    }

    private static @Nullable String pin(WorkloadSpec spec, Slot slot) {
      InstanceRecord previous = slot.previous();
      boolean volumes = spec.getMountsList().stream().anyMatch(Mount::hasVolume);
      return previous != null && volumes ? previous.node() : null;
    }

    private void nothingFits(NaiveRules rules, WorkloadSpec spec, Slot slot, String message) {
      String pin = pin(spec, slot);
      if (pin == null) {
        assertNull(rules.best(), () -> slot + " was refused: " + message);
      } else {
        NodeRecord node = cluster.state().node(pin);
        assertTrue(node != null && !rules.allows(node), () -> slot + ": " + message);
      }
    }

    private void nothingIsOvercommitted() {
      for (NodeRecord node : cluster.state().nodes().values()) {
        Set<Integer> ports = new HashSet<>();
        Set<String> devices = new HashSet<>();
        for (InstanceRecord each : cluster.state().usage(node.name()).instances().values()) {
          if (each.isFinal()) {
            continue;
          }
          for (PortBinding port : each.message().getPortsList()) {
            assertTrue(ports.add(port.getHostPort()), "port twice");
          }
          for (Device device : each.message().getDevicesList()) {
            assertTrue(devices.add(device.getId()), "device twice");
          }
        }
      }
    }
  }
}
