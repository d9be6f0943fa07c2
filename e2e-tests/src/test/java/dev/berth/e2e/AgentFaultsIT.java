package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.ContainerView;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Rows of the fault table that concern one agent, with real processes: nothing that runs is
/// touched, and nothing runs twice.
class AgentFaultsIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(1).controller("--heartbeat-interval=1s").docker("--live-restore"));

  private static final Duration QUIET = Duration.ofSeconds(5);

  private List<ContainerView> containers = List.of();
  private List<String> ids = List.of();

  @BeforeEach
  void threeReplicasRun() {
    if (all().isEmpty()) {
      CLUSTER.get().cli().output("run", "-d", "--name", "web", "--replicas", "3", "berth/demo");
    }
    ids = Eventually.until("three are RUNNING", AgentFaultsIT::runningIds, now -> now.size() == 3);
    containers = Eventually.until("three containers", AgentFaultsIT::all, now -> now.size() == 3);
  }

  @Test
  void aKilledAgentHasReadoptedEverythingWithinTenSecondsOfItsStart() {
    CLUSTER.get().host().agent().kill();
    long from = System.nanoTime();
    CLUSTER.get().host().agent().restart();
    Eventually.until("the same three are RUNNING", AgentFaultsIT::runningIds, ids::equals);
    Eventually.until("docker is available", AgentFaultsIT::dockerIsAvailable, now -> now);
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from);
    assertTrue(seconds <= 10, "it took " + seconds + " s");
    assertNothingChanges();
  }

  @Test
  void aDamagedJournalIsSetAsideAndKillsNothing() throws IOException {
    Path state = CLUSTER.get().host().agent().pki().resolveSibling("state");
    CLUSTER.get().host().agent().kill();
    Files.writeString(state.resolve("instances"), "torn");
    Files.writeString(state.resolve("epoch"), "torn");
    CLUSTER.get().host().agent().restart();
    assertNothingChanges();
    assertEquals("torn", Files.readString(state.resolve("instances.damaged")));
    assertEquals("torn", Files.readString(state.resolve("epoch.damaged")));
  }

  @Test
  void aHungDockerDaemonIsSaidToBeAwayWithinSecondsAndNothingIsDoubled() throws IOException {
    Path pidFile = CLUSTER.get().host().docker().socket().resolveSibling("d.pid");
    String pid = Files.readString(pidFile).strip();
    Command.of("kill", "-STOP", pid).output();
    try {
      CLUSTER.get().cli().output("scale", "web=4");
      Eventually.within(
          Duration.ofSeconds(30),
          "docker is not available",
          AgentFaultsIT::dockerIsAvailable,
          now -> !now);
    } finally {
      Command.of("kill", "-CONT", pid).output();
    }
    Eventually.until("docker is available", AgentFaultsIT::dockerIsAvailable, now -> now);
    Eventually.until("four run", AgentFaultsIT::runningIds, now -> now.size() == 4);
    Eventually.always(QUIET, "four containers", () -> all().size(), now -> now == 4);
    assertTrue(all().containsAll(containers), "those that ran were not touched");
    CLUSTER.get().cli().output("scale", "web=3");
    Eventually.until("three run", AgentFaultsIT::all, now -> now.size() == 3);
  }

  private void assertNothingChanges() {
    Eventually.until("the same three are RUNNING", AgentFaultsIT::runningIds, ids::equals);
    Eventually.always(
        QUIET, "the same containers, none twice", AgentFaultsIT::all, containers::equals);
  }

  private static boolean dockerIsAvailable() {
    return CLUSTER
        .get()
        .api()
        .nodes()
        .getNode(GetNodeRequest.newBuilder().setName(CLUSTER.get().host().name()).build())
        .getDescription()
        .getDriversList()
        .stream()
        .anyMatch(driver -> driver.getName().equals("docker") && driver.getAvailable());
  }

  private static List<String> runningIds() {
    return CLUSTER.get().api().running("web").stream().map(Instance::getId).toList();
  }

  private static List<ContainerView> all() {
    return CLUSTER.get().host().docker().probe().containers();
  }
}
