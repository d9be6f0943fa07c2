package dev.berth.controller.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeState;
import dev.berth.v1.ProcessFile;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class ProcessFilterTest {
  private static final WorkloadKey PROBE = new WorkloadKey("default", "probe");

  private static WorkloadSpec.Builder process() {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .setProcess(ProcessSpec.newBuilder().addCommand("/bin/probe"));
  }

  private static Placement place(WorkloadSpec.Builder spec, String... capabilities) {
    SampleCluster cluster = new SampleCluster();
    cluster.put(
        Node.newBuilder()
            .setName("alpha")
            .setDescription(
                NodeDescription.newBuilder()
                    .setCapacity(Resources.newBuilder().setCpuMillis(8000).setMemoryBytes(8L << 30))
                    .addDrivers(
                        DriverDescription.newBuilder()
                            .setName("process")
                            .setKind(Kind.KIND_PROCESS)
                            .setAvailable(true)
                            .addAllCapabilities(List.of(capabilities)))),
        NodeState.NODE_STATE_READY,
        true);
    cluster.put(PROBE, spec.build());
    return cluster
        .scheduler
        .place(
            cluster.state(),
            PlacementRequest.of(PROBE, spec.build(), List.of(new PlacementRequest.Slot(1, null))),
            new Scheduler.Circumstances(_ -> Integer.MAX_VALUE, true),
            RandomGenerator.of("L64X128MixRandom"))
        .getFirst();
  }

  private static void refused(String because, WorkloadSpec.Builder spec, String... capabilities) {
    String message =
        assertInstanceOf(Placement.Unplaced.class, place(spec, capabilities)).message();
    assertTrue(message.contains(because), message);
  }

  @Test
  void aPlainProcessRunsWhereverThereIsADriver() {
    assertEquals("alpha", assertInstanceOf(Placement.Placed.class, place(process())).node());
  }

  @Test
  void whatItIsHeldToIsNeverLeftOut() {
    WorkloadSpec.Builder memory = process();
    memory.getResourcesBuilder().setMemoryBytes(64 << 20);
    refused("cannot limit the memory of processes", memory, "cpu-limit");
    WorkloadSpec.Builder cpu = process();
    cpu.getResourcesBuilder().setCpuMillis(100);
    refused("cannot limit the CPU of processes", cpu, "memory-limit");
    WorkloadSpec.Builder confined = process();
    confined
        .getProcessBuilder()
        .setUser("nobody")
        .setMaxProcesses(5)
        .setIsolation(ProcessIsolation.PROCESS_ISOLATION_NAMESPACES);
    refused("cannot limit the number of processes", confined, "users", "namespaces");
    refused("cannot run processes as another user", confined, "pids-limit", "namespaces");
    refused("cannot give processes namespaces", confined, "pids-limit", "users");
    assertInstanceOf(Placement.Placed.class, place(confined, "pids-limit", "users", "namespaces"));
    WorkloadSpec.Builder rooted = process();
    rooted.getProcessBuilder().setIsolation(ProcessIsolation.PROCESS_ISOLATION_ROOTFS);
    refused("cannot give processes a root file system of their own", rooted, "namespaces");
    assertInstanceOf(Placement.Placed.class, place(rooted, "rootfs"));
    WorkloadSpec.Builder fenced = process().setLostPolicy(LostPolicy.LOST_POLICY_FENCE);
    refused("cannot end processes whose agent is dead", fenced, "pids-limit");
    assertInstanceOf(Placement.Placed.class, place(fenced, "fence"));
    WorkloadSpec.Builder placed = process();
    placed.getProcessBuilder().addFiles(ProcessFile.newBuilder().setPath("x"));
    refused("cannot place files for processes", placed, "pids-limit");
    assertInstanceOf(Placement.Placed.class, place(placed, "files"));
  }
}
