package dev.berth.cli.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.CreateVmSnapshotRequest;
import dev.berth.v1.DeleteVmSnapshotRequest;
import dev.berth.v1.ListVmSnapshotsRequest;
import dev.berth.v1.RevertVmSnapshotRequest;
import dev.berth.v1.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class VmSnapshotVerbsTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
    Samples.fill(cluster);
    Workload.Builder single = Samples.workload("guest").toBuilder();
    single.getSpecBuilder().setReplicas(1);
    cluster.workloads().put(single.build());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void takesOneOfAWorkloadOfOneSlotAndPrintsItsName() {
    assertEquals(
        new Berth.Result(0, "before\n", ""),
        berth.run("vm", "snapshot", "create", "guest", "before"));
    assertEquals(
        new Berth.Result(0, "20261129-214500\n", ""),
        berth.run("vm", "snapshot", "create", "guest.1"));
    assertEquals(
        List.of("guest.1", "guest.1"),
        cluster.requests(CreateVmSnapshotRequest.class).stream()
            .map(CreateVmSnapshotRequest::getInstance)
            .toList());
    assertEquals(
        new Berth.Result(1, "", "berth: guest.1 has a snapshot\n"),
        berth.run("vm", "snapshot", "create", "guest", "clean"));
  }

  @Test
  void listsThemAsATableAndInFull() {
    Berth.Result table = berth.run("vm", "snapshot", "ls", "guest");
    assertEquals(0, table.exitCode(), table.err());
    assertTrue(table.lines().get(0).matches("NAME +CREATED +HOLDS"), table.out());
    assertTrue(table.lines().get(1).matches("clean +3d +disks"), table.out());
    assertTrue(table.lines().get(2).matches("ready +3d +memory and disks"), table.out());
    String json = berth.run("vm", "snapshot", "ls", "-o", "json", "guest.1").out();
    assertTrue(json.startsWith("[") && json.contains("\"withMemory\": true"), json);
    assertEquals(
        ListVmSnapshotsRequest.newBuilder().setNamespace("default").setInstance("guest.1").build(),
        cluster.requests(ListVmSnapshotsRequest.class).getFirst());
  }

  @Test
  void goesBackToOne() {
    assertEquals(
        new Berth.Result(0, "ready\n", ""),
        berth.run("vm", "snapshot", "revert", "guest", "ready"));
    RevertVmSnapshotRequest asked = cluster.requests(RevertVmSnapshotRequest.class).getFirst();
    assertEquals("guest.1", asked.getInstance());
    assertEquals("ready", asked.getName());
  }

  @Test
  void removesSeveralAndGoesOnAfterAFailure() {
    assertEquals(
        new Berth.Result(1, "clean\nready\n", "berth: other: guest.1 has no such snapshot\n"),
        berth.run("vm", "snapshot", "rm", "guest", "clean", "other", "ready"));
  }

  @Test
  void refusesWrongUsageBeforeAnythingIsAsked() {
    for (String[] words :
        new String[][] {
          {"vm", "snapshot", "create"},
          {"vm", "snapshot", "create", "guest", "A"},
          {"vm", "snapshot", "create", "guest", "12"},
          {"vm", "snapshot", "create", "guest", "a", "b"},
          {"vm", "snapshot", "create", "a b"},
          {"vm", "snapshot", "ls"},
          {"vm", "snapshot", "ls", "-o", "xml", "guest"},
          {"vm", "snapshot", "revert", "guest"},
          {"vm", "snapshot", "rm", "guest"},
          {"vm", "snapshot", "rm", "guest", "../x"},
          {"vm", "snapshot", "create", "web"},
          {"vm", "snapshot", "take", "guest"}
        }) {
      Berth.Result result = berth.run(words);
      assertEquals(2, result.exitCode(), String.join(" ", words) + ": " + result.err());
    }
    assertEquals(List.of(), cluster.requests(CreateVmSnapshotRequest.class));
    assertEquals(List.of(), cluster.requests(DeleteVmSnapshotRequest.class));
    assertEquals(0, berth.run("vm", "snapshot", "--help").exitCode());
  }
}
