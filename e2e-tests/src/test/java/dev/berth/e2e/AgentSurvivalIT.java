package dev.berth.e2e;

import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.ContainerView;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.Instance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Invariant 8: restarting an agent, the controller, etcd or dockerd changes no running workload.
class AgentSurvivalIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(1).docker("--live-restore"));

  private static final Duration QUIET = Duration.ofSeconds(5);

  private List<ContainerView> containers = List.of();
  private List<String> ids = List.of();

  private static List<String> runningIds() {
    return CLUSTER.get().api().running("web").stream().map(Instance::getId).toList();
  }

  private static List<ContainerView> all() {
    return CLUSTER.get().host().docker().probe().containers();
  }

  @BeforeEach
  void threeReplicasRun() {
    if (containersOfWeb().isEmpty()) {
      CLUSTER
          .get()
          .cli()
          .output("run", "-d", "--name", "web", "--replicas", "3", "-p", "80", "berth/demo");
    }
    ids =
        Eventually.until(
            "three are RUNNING", AgentSurvivalIT::runningIds, running -> running.size() == 3);
    containers =
        Eventually.until("three containers", AgentSurvivalIT::all, list -> list.size() == 3);
  }

  private static List<ContainerView> containersOfWeb() {
    return CLUSTER.get().containers("web");
  }

  // A term of a leader may begin in between, which knows of no state until the agent has reported.
  private void assertNothingChanged() {
    Eventually.until("the same three are RUNNING", AgentSurvivalIT::runningIds, ids::equals);
    Eventually.always(
        QUIET, "same containers, none twice", AgentSurvivalIT::all, containers::equals);
    Eventually.until("the same three are RUNNING still", AgentSurvivalIT::runningIds, ids::equals);
  }

  private static void assertScalingWorks() {
    CLUSTER.get().cli().output("scale", "web=4");
    Eventually.until("four containers", AgentSurvivalIT::containersOfWeb, list -> list.size() == 4);
    CLUSTER.get().cli().output("scale", "web=3");
    Eventually.until(
        "three containers", AgentSurvivalIT::containersOfWeb, list -> list.size() == 3);
  }

  @Test
  void containersLiveOnWhenTheAgentIsKilledAndAreReadopted() {
    CLUSTER.get().host().agent().kill();
    Eventually.always(QUIET, "containers live on", AgentSurvivalIT::all, containers::equals);
    CLUSTER.get().host().agent().restart();
    assertNothingChanged();
    assertScalingWorks();
  }

  @Test
  void aKilledControllerRestartsNothing() {
    CLUSTER.get().controller().kill();
    Eventually.always(QUIET, "containers live on", AgentSurvivalIT::all, containers::equals);
    CLUSTER.get().controller().restart();
    assertNothingChanged();
    assertScalingWorks();
  }

  @Test
  void aKilledDockerDaemonThatKeepsItsContainersLosesNone() {
    CLUSTER.get().host().docker().killDaemon();
    CLUSTER.get().host().docker().startDaemon();
    assertNothingChanged();
    assertScalingWorks();
  }

  @Test
  void aKilledEtcdRestartsNothing() {
    CLUSTER.get().etcd().kill();
    Eventually.always(QUIET, "containers live on", AgentSurvivalIT::all, containers::equals);
    CLUSTER.get().etcd().restart();
    assertNothingChanged();
    assertScalingWorks();
  }

  @Test
  void aProgramThatDiesWhileControllerAndAgentAreAwayRunsAgain() {
    CLUSTER.get().controller().kill();
    CLUSTER.get().host().agent().kill();
    ContainerView victim = containersOfWeb().getFirst();
    CLUSTER.get().host().docker().docker("kill", victim.id()).output();
    CLUSTER.get().controller().restart();
    CLUSTER.get().host().agent().restart();
    Eventually.within(
        Duration.ofSeconds(90),
        "three containers run again",
        AgentSurvivalIT::containersOfWeb,
        list -> list.size() == 3);
    Eventually.until("the same instances are RUNNING", AgentSurvivalIT::runningIds, ids::equals);
  }
}
