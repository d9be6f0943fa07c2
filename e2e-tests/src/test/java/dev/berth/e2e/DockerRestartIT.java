package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.ContainerView;
import dev.berth.e2e.harness.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DockerRestartIT {
  @RegisterExtension static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(1));

  private static List<String> slots() {
    return CLUSTER.get().containers("web").stream().map(ContainerView::slot).toList();
  }

  @Test
  void aDockerDaemonThatTookItsContainersDownIsReconciled() {
    CLUSTER.get().cli().output("run", "-d", "--name", "web", "--replicas", "3", "berth/demo");
    List<String> wanted = List.of("web.1", "web.2", "web.3");
    Eventually.until("three run", DockerRestartIT::slots, wanted::equals);
    CLUSTER.get().host().docker().stopDaemon();
    CLUSTER.get().host().docker().startDaemon();
    Eventually.within(
        Duration.ofMinutes(2), "three run again", DockerRestartIT::slots, wanted::equals);
    Eventually.within(
        Duration.ofMinutes(1),
        "three are RUNNING",
        () -> CLUSTER.get().api().running("web").size(),
        count -> count == 3);
    assertEquals(wanted, slots());
  }
}
