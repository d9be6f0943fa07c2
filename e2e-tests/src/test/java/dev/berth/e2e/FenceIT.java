package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.ContainerView;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The agent's side of the lost policy FENCE: without contact for 15 s and the grace of its stop, a
/// program is dead, whatever has become of the agent, and nothing else is touched.
class FenceIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(1).controller("--heartbeat-interval=1s"));

  private static final long FENCE_SECONDS = 15;
  private static final long GRACE_SECONDS = 3;

  /// The watchdog looks once a second, and a test looks a little later.
  private static final long LATE_SECONDS = 3;

  private ContainerView fenced;
  private ContainerView free;

  @BeforeEach
  void aFencedAndAFreeInstanceRun() {
    if (only("web").isEmpty()) {
      create("db", LostPolicy.LOST_POLICY_FENCE);
      create("web", LostPolicy.LOST_POLICY_HOLD);
    }
    fenced = Eventually.until("db runs", () -> only("db"), one -> one.size() == 1).getFirst();
    free = Eventually.until("web runs", () -> only("web"), one -> one.size() == 1).getFirst();
    Eventually.until(
        "both are RUNNING",
        () -> CLUSTER.get().api().running("db").size() + CLUSTER.get().api().running("web").size(),
        count -> count == 2);
  }

  @Test
  void aPausedAgentsInstanceIsDeadByTheDeadlineAndDoesNotRunAgainWhenTheAgentGoesOn() {
    long from = System.nanoTime();
    CLUSTER.get().host().agent().daemon().signal("STOP");
    try {
      assertDead(from);
      Eventually.always(Duration.ofSeconds(5), "it stays dead", () -> only("db"), List::isEmpty);
    } finally {
      CLUSTER.get().host().agent().daemon().signal("CONT");
    }
    assertAnotherRunsAndTheFreeOneWasNotTouched();
  }

  @Test
  void aKilledAgentsInstanceIsDeadByTheDeadline() {
    long from = System.nanoTime();
    CLUSTER.get().host().agent().kill();
    assertDead(from);
    Eventually.until(
        "the watchdog says so", FenceIT::watchdogLog, text -> text.contains(fenced.id()));
    CLUSTER.get().host().agent().restart();
    assertAnotherRunsAndTheFreeOneWasNotTouched();
  }

  @Test
  void anAgentWithoutItsCableStopsTheInstanceItself() {
    long from = System.nanoTime();
    CLUSTER.get().host().docker().link().disconnect();
    try {
      assertDead(from);
      assertFalse(watchdogLog().contains(fenced.id()), "it was stopped, not killed");
    } finally {
      CLUSTER.get().host().docker().link().reconnect();
    }
    assertAnotherRunsAndTheFreeOneWasNotTouched();
  }

  @Test
  void aPlainProcessOfAKilledAgentIsDeadByTheDeadlineWithAllItsChildren() {
    Workload.Builder workload = workload("probe", LostPolicy.LOST_POLICY_FENCE);
    workload
        .getSpecBuilder()
        .getProcessBuilder()
        .addAllCommand(List.of("sh", "-c", "setsid -f sleep 87678; exec sleep 87678"));
    create(workload);
    try {
      List<Long> first = Eventually.until("both run", FenceIT::processes, list -> list.size() == 2);
      Eventually.until(
          "it is RUNNING", () -> CLUSTER.get().api().running("probe"), list -> list.size() == 1);
      long from = System.nanoTime();
      CLUSTER.get().host().agent().kill();
      Eventually.until("they are dead", FenceIT::processes, List::isEmpty);
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from);
      assertTrue(
          seconds >= FENCE_SECONDS - LATE_SECONDS
              && seconds <= FENCE_SECONDS + GRACE_SECONDS + LATE_SECONDS,
          "dead after " + seconds + " s");
      CLUSTER.get().host().agent().restart();
      Eventually.within(
          Duration.ofMinutes(2),
          "another instance runs",
          FenceIT::processes,
          list -> list.size() == 2 && !list.equals(first));
    } finally {
      CLUSTER
          .get()
          .api()
          .workloads()
          .deleteWorkload(
              DeleteWorkloadRequest.newBuilder().setName("probe").setForce(true).build());
    }
    Eventually.within(Duration.ofMinutes(1), "none is left", FenceIT::processes, List::isEmpty);
  }

  private static List<Long> processes() {
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().orElse("").endsWith("sleep 87678"))
        .map(ProcessHandle::pid)
        .sorted()
        .toList();
  }

  @Test
  void anAgentThatIsRestartedInTimeKeepsItsInstance() {
    CLUSTER.get().host().agent().kill();
    CLUSTER.get().host().agent().restart();
    Eventually.always(
        Duration.ofSeconds(FENCE_SECONDS + GRACE_SECONDS + LATE_SECONDS),
        "the same container runs",
        () -> only("db"),
        List.of(fenced)::equals);
  }

  private void assertDead(long fromNanos) {
    Eventually.until("db is dead", () -> only("db"), List::isEmpty);
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - fromNanos);
    assertTrue(
        seconds <= FENCE_SECONDS + GRACE_SECONDS + LATE_SECONDS, "dead after " + seconds + " s");
    assertTrue(seconds >= FENCE_SECONDS - LATE_SECONDS, "dead after " + seconds + " s already");
    assertEquals(List.of(free), only("web"));
  }

  private void assertAnotherRunsAndTheFreeOneWasNotTouched() {
    ContainerView next =
        Eventually.within(
                Duration.ofMinutes(2),
                "another instance of db runs",
                () -> only("db"),
                one -> one.size() == 1)
            .getFirst();
    assertFalse(next.instance().equals(fenced.instance()), "what was fenced runs again");
    assertEquals(
        List.of(free.id()),
        CLUSTER.get().containers("web").stream().map(ContainerView::id).toList());
  }

  private static List<ContainerView> only(String workload) {
    return CLUSTER.get().host().docker().probe().running(workload);
  }

  private static String watchdogLog() {
    Path log = CLUSTER.get().host().agent().pki().resolveSibling("state/fence/log");
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void create(String name, LostPolicy policy) {
    Workload.Builder workload = workload(name, policy);
    workload.getSpecBuilder().getContainerBuilder().setImage("berth/demo");
    create(workload);
  }

  private static Workload.Builder workload(String name, LostPolicy policy) {
    Workload.Builder workload = Workload.newBuilder().setNamespace("default").setName(name);
    workload
        .getSpecBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .setLostPolicy(policy)
        .setStopGrace(com.google.protobuf.Duration.newBuilder().setSeconds(GRACE_SECONDS));
    return workload;
  }

  private static void create(Workload.Builder workload) {
    Workload _ =
        CLUSTER
            .get()
            .api()
            .workloads()
            .createWorkload(CreateWorkloadRequest.newBuilder().setWorkload(workload).build());
  }
}
