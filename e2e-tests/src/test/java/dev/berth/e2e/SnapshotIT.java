package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.ControlPlane;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.ScriptedAgent;
import dev.berth.e2e.harness.ScriptedRuntime;
import dev.berth.v1.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The state is saved, etcd is lost, and the cluster goes on in a new one.
final class SnapshotIT {
  @Test
  void agentsKeepWhatTheyRunWhenTheStateIsRestoredIntoANewEtcd() throws IOException {
    try (ControlPlane plane = ControlPlane.start(3, 3, List.of(), List.of());
        Api api = plane.api();
        ScriptedAgent agent = ScriptedAgent.join(plane, "n1")) {
      create(api, "web");
      awaitStarted(agent, "web.1");
      ControllerProcess first = plane.awaitLeader();
      Cluster before = plane.ask(first);
      Path file = plane.work().path().resolve("state.snapshot");
      plane.cli().output("controller", "snapshot", "save", file.toString());
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      // One more term after the copy, whose epoch agents obey.
      first.kill();
      Eventually.until(
          "a later epoch is obeyed",
          () -> agent.runtime().highestEpoch(),
          epoch -> epoch > before.getEpoch());
      long highest = agent.runtime().highestEpoch();
      Map<String, ScriptedRuntime.Run> then = agent.runtime().running();
      plane.controllers().forEach(ControllerProcess::kill);
      CommandResult refused = first.restore(file);
      assertEquals(1, refused.exitCode(), refused.toString());
      assertTrue(refused.err().contains("expected: none"), refused.toString());
      plane.etcd().startAnew();
      refusesWhatWasChanged(first, file);
      CommandResult restored = first.restore(file);
      assertEquals(0, restored.exitCode(), restored.toString());
      assertTrue(restored.out().startsWith("RESTORED cluster=" + before.getUid()));
      plane.controllers().forEach(ControllerProcess::relaunch);
      Cluster after = plane.ask(plane.awaitLeader());
      assertEquals(before.getUid(), after.getUid());
      assertTrue(after.getEpoch() > highest, after + " after " + highest);
      create(api, "more");
      awaitStarted(agent, "more.1");
      then.forEach((id, run) -> assertEquals(run, agent.runtime().running().get(id), id));
      assertEquals(0, agent.runtime().refusals());
      assertEquals(1, agent.runtime().starts().get("web.1"));
    }
  }

  private static void refusesWhatWasChanged(ControllerProcess controller, Path snapshot)
      throws IOException {
    byte[] bytes = Files.readAllBytes(snapshot);
    bytes[bytes.length / 2] ^= 1;
    Path changed = snapshot.resolveSibling("changed.snapshot");
    Files.write(changed, bytes);
    CommandResult refused = controller.restore(changed);
    assertNotEquals(0, refused.exitCode());
    assertTrue(refused.err().contains("the file was changed or cut"), refused.toString());
  }

  @Test
  void listsControllersAndWhoLeads() {
    try (ControlPlane plane = ControlPlane.start(3, 1, List.of(), List.of())) {
      ControllerProcess leader = plane.awaitLeader();
      String table =
          Eventually.until(
              "all are listed",
              () -> plane.cli().output("controller", "ls"),
              text -> text.lines().count() == 4 && !text.contains("unknown"));
      List<String> leaders = table.lines().filter(line -> line.contains(" leader ")).toList();
      assertEquals(1, leaders.size(), table);
      assertTrue(leaders.getFirst().contains(leader.api().toString()), table);
      ControllerProcess follower = plane.others(leader).getFirst();
      follower.daemon().signal("STOP");
      try {
        String stopped = plane.cli().output("controller", "ls");
        assertTrue(
            stopped
                .lines()
                .anyMatch(
                    line -> line.contains(follower.api().toString()) && line.contains("unknown")),
            stopped);
      } finally {
        follower.daemon().signal("CONT");
      }
    }
  }

  private static void create(Api api, String name) {
    var _ =
        Eventually.until(
            name + " is created",
            () ->
                api.workloads()
                    .createWorkload(
                        Requests.create(
                            name,
                            UUID.nameUUIDFromBytes(
                                    name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                .toString()))
                    .getName(),
            name::equals);
  }

  private static void awaitStarted(ScriptedAgent agent, String slot) {
    Eventually.until(
        slot + " was started", () -> agent.runtime().starts().keySet(), all -> all.contains(slot));
  }
}
