package dev.berth.bench.fleet;

import dev.berth.bench.StoredNodes;
import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.EtcdProcess;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Resources;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A cluster whose simulated agents are in sync.
final class FleetFixture implements AutoCloseable {
  static final Duration LIMIT = Duration.ofMinutes(3);

  private final FleetCluster cluster;
  private final int size;

  /// @param size how many nodes
  /// @param options flags of the controller, such as "--lost-timeout=8s"
  FleetFixture(int size, RuntimeScript script, String... options) {
    this.size = size;
    this.cluster = FleetCluster.start(nodes(size), script, 7, List.of(options));
    try {
      fleet().start(Duration.ZERO);
      awaitInSync();
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  private static List<Node> nodes(int size) {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      nodes.add(
          StoredNodes.stored(
              Node.newBuilder()
                  .setName("n" + i)
                  .setDescription(
                      NodeDescription.newBuilder()
                          .setAddress("127.0.0.1")
                          .setCapacity(
                              Resources.newBuilder().setCpuMillis(64_000).setMemoryBytes(1L << 38))
                          .addDrivers(
                              DriverDescription.newBuilder()
                                  .setName("docker")
                                  .setKind(Kind.KIND_CONTAINER)
                                  .setAvailable(true)))));
    }
    return nodes;
  }

  ControllerProcess controller() {
    return cluster.controller();
  }

  EtcdProcess etcd() {
    return cluster.etcd();
  }

  SimulatedFleet fleet() {
    return cluster.fleet();
  }

  Api api() {
    return Api.admin(controller());
  }

  void awaitInSync() {
    var _ =
        Eventually.within(LIMIT, "all agents are in sync", fleet()::inSync, count -> count == size);
  }

  void awaitRunning(long instances) {
    var _ =
        Eventually.within(
            LIMIT, "the controller knows what runs", fleet()::running, now -> now == instances);
  }

  static CreateWorkloadRequest service(String name, int replicas) {
    return CreateWorkloadRequest.newBuilder()
        .setWorkload(
            Workload.newBuilder()
                .setName(name)
                .setSpec(
                    WorkloadSpec.newBuilder()
                        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
                        .setReplicas(replicas)
                        .setContainer(ContainerSpec.newBuilder().setImage("berth/demo"))))
        .build();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
