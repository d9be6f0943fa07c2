package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Runtimes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// One stack of both kinds, on two hosts that have both runtimes each.
class MachineAndContainerIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(Runtimes.BOTH, Runtimes.BOTH));

  private static final String STACK =
      """
      stack: pair
      workloads:
        db:
          vm: {disk: {image: "berth/demo-vm"}}
          resources: {cpu: 1, memory: 256Mi}
          ports: {http: {target: 80, publish: 8081}}
          placement: {require: ["node.name == host-1"]}
        web:
          container:
            image: "berth/demo"
            command: ["sh", "-c", "demo & while ! fetch FIRST 8081; do sleep 1; done; wait"]
          ports: {http: {target: 80, publish: 8082}}
          placement: {require: ["node.name == host-2"]}
      """;

  @Test
  void aContainerAndAMachineOnTwoHostsReachEachOther() {
    Cluster cluster = CLUSTER.get();
    DemoGuest.bringTo(cluster);
    String first = cluster.hosts().get(0).link().address();
    String second = cluster.hosts().get(1).link().address();
    Path file = cluster.work().file("pair.yaml", STACK.replace("FIRST", first));
    cluster.cli().output("apply", "-f", file.toString());

    DemoGuest machine = new DemoGuest(cluster, "db.1");
    assertEquals("host-1", machine.awaitReady().getNode());
    String log =
        Eventually.within(
            DemoGuest.BOOT_LIMIT,
            "the container has the machine's page",
            () -> cluster.cli().output("logs", "web"),
            text -> text.contains("Hello from db-1"));
    assertTrue(log.contains("serving on port 80"), log);
    assertEquals(1, cluster.hosts().get(1).docker().probe().running("web").size());

    var _ = machine.type("fetch " + second + " 8082", "Hello from web-1");

    cluster.cli().output("rm", "-f", "db", "web");
    var _ =
        Eventually.until(
            "no machine is left", () -> cluster.host().libvirt().domains(), List::isEmpty);
  }
}
