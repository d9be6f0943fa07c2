package dev.berth.cli.testing;

import com.google.protobuf.Timestamp;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Event;
import dev.berth.v1.EventSeverity;
import dev.berth.v1.Health;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import dev.berth.v1.KindCount;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeState;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.Resources;
import dev.berth.v1.StateTransition;
import dev.berth.v1.Workload;
import java.time.Instant;

/// Things as a controller shows them.
public final class Samples {
  private static final String ID = "0123456789abcdef0123456789ab";

  private Samples() {}

  /// Three slots of `web` on the node `alpha`, their workload, and what happened.
  public static void fill(FakeCluster cluster) {
    cluster.workloads().put(workload("web"));
    cluster.nodes().put(node("alpha"));
    for (int slot = 1; slot <= 3; slot++) {
      cluster.instances().put(running("web", slot));
      cluster
          .events()
          .add(
              Event.newBuilder()
                  .setRevision(slot)
                  .setTime(ago(60))
                  .setSeverity(EventSeverity.EVENT_SEVERITY_INFO)
                  .setReason("Running")
                  .setMessage("runs")
                  .setNamespace("default")
                  .setWorkload("web")
                  .setSlot("web." + slot)
                  .setNode("alpha")
                  .build());
    }
  }

  /// A workload of `berth/demo`.
  public static Workload workload(String name) {
    Workload.Builder workload =
        Workload.newBuilder().setNamespace("default").setName(name).setRevision(1).setEtag("1");
    workload.getSpecBuilder().setReplicas(3).getContainerBuilder().setImage("berth/demo");
    return workload.build();
  }

  /// An instance that has run for 5 s on the node `alpha`; port 80 is bound.
  public static Instance running(String workload, int slot) {
    Instance.Builder instance = instance(workload, slot, InstanceState.INSTANCE_STATE_RUNNING);
    instance
        .setNode("alpha")
        .addPorts(
            PortBinding.newBuilder()
                .setName("80")
                .setTarget(80)
                .setHostPort(20_000 + slot)
                .setProtocol(PortProtocol.PORT_PROTOCOL_TCP));
    instance.getStatusBuilder().setHealth(Health.HEALTH_HEALTHY).setStartTime(ago(5));
    return instance.build();
  }

  /// An instance in some state since 5 s, made a minute ago, with the id `0123…abSSSS`.
  public static Instance.Builder instance(String workload, int slot, InstanceState state) {
    return Instance.newBuilder()
        .setId(ID + String.format("%04x", slot))
        .setNamespace("default")
        .setWorkload(workload)
        .setSlot(slot)
        .setName(workload + "." + slot)
        .setWorkloadRevision(1)
        .setKind(Kind.KIND_CONTAINER)
        .setImage("berth/demo")
        .setCreateTime(ago(60))
        .setStatus(
            InstanceStatus.newBuilder()
                .setState(state)
                .addTransitions(StateTransition.newBuilder().setState(state).setTime(ago(5))));
  }

  /// A node that is ready, with Docker and two layers.
  public static Node node(String name) {
    NodeDescription description =
        NodeDescription.newBuilder()
            .setAddress("10.0.0.1")
            .setCapacity(resources(2_000, 4L << 30))
            .addDrivers(
                DriverDescription.newBuilder()
                    .setName("docker")
                    .setKind(Kind.KIND_CONTAINER)
                    .setAvailable(true)
                    .setVersion("20.10.5"))
            .addLayers(
                Layer.newBuilder()
                    .setKind(LayerKind.LAYER_KIND_HARDWARE)
                    .setName("Intel(R) Xeon(R)")
                    .putAttributes("cpus", "2")
                    .putAttributes("memory_bytes", "4294967296"))
            .addLayers(
                Layer.newBuilder()
                    .setKind(LayerKind.LAYER_KIND_KERNEL)
                    .setName("Linux")
                    .setVersion("6.1.0"))
            .setAgentVersion("0.1.0")
            .setArchitecture("amd64")
            .setOperatingSystem("linux")
            .build();
    return Node.newBuilder()
        .setName(name)
        .setUid("12345678-1234-1234-1234-123456789abc")
        .putLabels("disk", "ssd")
        .setAvailability(NodeAvailability.NODE_AVAILABILITY_ACTIVE)
        .setState(NodeState.NODE_STATE_READY)
        .setDescription(description)
        .setAllocated(resources(300, 192L << 20))
        .setInstances(3)
        .addInstanceKinds(KindCount.newBuilder().setKind(Kind.KIND_CONTAINER).setCount(3))
        .setCreateTime(ago(7_200))
        .setLastHeardTime(ago(1))
        .build();
  }

  /// So many seconds ago.
  public static Timestamp ago(long seconds) {
    return Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond() - seconds).build();
  }

  private static Resources resources(long cpuMillis, long memoryBytes) {
    return Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(memoryBytes).build();
  }
}
