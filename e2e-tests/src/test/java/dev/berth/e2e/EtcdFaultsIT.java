package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.ControlPlane;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.EtcdProcess;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.ScriptedAgent;
import dev.berth.e2e.harness.ScriptedRuntime;
import dev.berth.v1.Cluster;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.WorkloadServiceGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What happens to a cluster of three controllers when its store cannot take writes.
final class EtcdFaultsIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int FILLER_BYTES = 200_000;

  @Test
  void goesOnReadingWithoutAQuorumAndComesBack() {
    try (ControlPlane plane = ControlPlane.start(3, 3, List.of(), List.of());
        Api api = plane.api();
        ScriptedAgent agent = ScriptedAgent.join(plane, "n1")) {
      create(api, "before");
      awaitStarted(agent, "before.1");
      Map<String, ScriptedRuntime.Run> then = agent.runtime().running();
      List<EtcdProcess> two = plane.etcd().members().subList(0, 2);
      two.forEach(member -> member.signal("STOP"));
      Eventually.until("nobody leads", () -> leaders(plane), count -> count == 0);
      for (ControllerProcess controller : plane.controllers()) {
        refusesChanges(plane, controller);
      }
      CommandResult ps = plane.cli().run("ps");
      assertEquals(0, ps.exitCode(), ps.toString());
      assertTrue(ps.out().contains("before.1"), ps.toString());
      assertTrue(ps.err().contains("no controller leads; this is the state of"), ps.toString());
      assertEquals(then, agent.runtime().running());
      two.forEach(member -> member.signal("CONT"));
      long back = System.nanoTime();
      createPatiently(plane, "after");
      awaitStarted(agent, "after.1");
      Duration took = Duration.ofNanos(System.nanoTime() - back);
      assertTrue(took.compareTo(Duration.ofSeconds(60)) < 0, "took " + took);
      assertUntouched(agent, then);
    }
  }

  @Test
  void refusesChangesAndGoesOnReadingWhenEtcdIsFull() {
    try (ControlPlane plane =
            ControlPlane.start(3, 1, List.of("--quota-backend-bytes=8388608"), List.of());
        Api api = plane.api();
        ScriptedAgent agent = ScriptedAgent.join(plane, "n1")) {
      create(api, "before");
      awaitStarted(agent, "before.1");
      Map<String, ScriptedRuntime.Run> then = agent.runtime().running();
      Status refused =
          Eventually.until(
              "etcd is full",
              () -> fill(plane),
              status -> status.getCode() == Status.Code.RESOURCE_EXHAUSTED);
      assertTrue(String.valueOf(refused.getDescription()).contains("full"), refused.toString());
      assertEquals(
          "before",
          api.workloads()
              .getWorkload(GetWorkloadRequest.newBuilder().setName("before").build())
              .getName());
      assertUntouched(agent, then);
    }
  }

  /// Asks for a workload with a large environment.
  private static Status fill(ControlPlane plane) {
    try (Api one = plane.api()) {
      String name = "f" + UUID.randomUUID().toString().substring(0, 8);
      CreateWorkloadRequest.Builder request =
          Requests.create(name, UUID.randomUUID().toString()).toBuilder();
      request
          .getWorkloadBuilder()
          .getSpecBuilder()
          .getContainerBuilder()
          .putEnv("FILLER", "x".repeat(FILLER_BYTES));
      var _ =
          WorkloadServiceGrpc.newBlockingStub(one.channel())
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .createWorkload(request.build());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private static void refusesChanges(ControlPlane plane, ControllerProcess controller) {
    try (var channel = plane.connect(controller)) {
      long begun = System.nanoTime();
      Status status = Status.OK;
      try {
        var _ =
            WorkloadServiceGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .createWorkload(Requests.create("lost", UUID.randomUUID().toString()));
      } catch (StatusRuntimeException e) {
        status = e.getStatus();
      }
      assertEquals(Status.Code.UNAVAILABLE, status.getCode(), status.toString());
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      assertTrue(took.compareTo(LIMIT) < 0, "took " + took);
    }
  }

  private static long leaders(ControlPlane plane) {
    return plane.controllers().stream().map(plane::ask).filter(Cluster::getLeader).count();
  }

  private static void create(Api api, String name) {
    var _ = api.workloads().createWorkload(Requests.create(name, UUID.randomUUID().toString()));
  }

  private static void createPatiently(ControlPlane plane, String name) {
    CreateWorkloadRequest request = Requests.create(name, UUID.randomUUID().toString());
    try (Api api = plane.api()) {
      String made =
          Eventually.until(
              name + " is created",
              () -> api.workloads().createWorkload(request).getName(),
              name::equals);
      assertNotEquals("", made);
    }
  }

  private static void awaitStarted(ScriptedAgent agent, String slot) {
    Eventually.until(
        slot + " was started", () -> agent.runtime().starts().keySet(), all -> all.contains(slot));
  }

  private static void assertUntouched(ScriptedAgent agent, Map<String, ScriptedRuntime.Run> then) {
    Map<String, ScriptedRuntime.Run> now = agent.runtime().running();
    then.forEach((id, run) -> assertEquals(run, now.get(id), id));
    agent.runtime().starts().forEach((slot, count) -> assertEquals(1, count, slot));
  }
}
