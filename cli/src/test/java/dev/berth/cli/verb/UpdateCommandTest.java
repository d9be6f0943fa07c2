package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Resources;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class UpdateCommandTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
    Workload.Builder db = Samples.workload("db").toBuilder().setRevision(1);
    db.getSpecBuilder().setReplicas(1);
    cluster.workloads().put(db.build());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private void running(long revision, long resources) {
    Instance.Builder instance =
        Samples.instance("db", 1, InstanceState.INSTANCE_STATE_RUNNING)
            .setWorkloadRevision(revision);
    instance.getStatusBuilder().setResourcesRevision(resources);
    cluster.instances().put(instance.build());
  }

  @Test
  void changesOnlyWhatIsSaid() {
    assertEquals(
        new Berth.Result(0, "db\n", ""), berth.run("update", "--no-wait", "-m", "128m", "db"));
    UpdateWorkloadRequest asked = cluster.requests(UpdateWorkloadRequest.class).getFirst();
    assertEquals(List.of("spec.resources.memory_bytes"), asked.getUpdateMask().getPathsList());
    assertEquals(
        Resources.newBuilder().setMemoryBytes(128L << 20).build(),
        asked.getWorkload().getSpec().getResources());
    var _ = berth.run("update", "--no-wait", "--cpus", "0.5", "-m", "1Gi", "db");
    asked = cluster.requests(UpdateWorkloadRequest.class).getLast();
    assertEquals(
        List.of("spec.resources.cpu_millis", "spec.resources.memory_bytes"),
        asked.getUpdateMask().getPathsList());
  }

  @Test
  void waitsUntilWhatRunsHasIt() throws Exception {
    running(2, 1);
    Thread agent = onceWatched(() -> running(2, 2));
    assertEquals(new Berth.Result(0, "db\n", ""), berth.run("update", "-m", "128m", "db"));
    agent.join();
  }

  @Test
  void saysOnceWhatASlotWaitsFor() throws Exception {
    running(1, 1);
    Thread agent =
        onceWatched(
            () -> {
              pending();
              pending();
              running(2, 2);
            });
    assertEquals(
        new Berth.Result(0, "db\n", "db.1 waits: 0 of 1 node fits\n"),
        berth.run("update", "--cpus", "3", "db"));
    agent.join();
  }

  private Thread onceWatched(Runnable happens) {
    return Thread.ofVirtual()
        .start(
            () -> {
              while (!cluster.instances().isWatched()) {
                LockSupport.parkNanos(1_000_000);
              }
              happens.run();
            });
  }

  private void pending() {
    Instance.Builder instance =
        Samples.instance("db", 1, InstanceState.INSTANCE_STATE_PENDING).setWorkloadRevision(2);
    instance.getStatusBuilder().setMessage("0 of 1 node fits");
    cluster.instances().put(instance.build());
  }

  @Test
  void refusesWrongUsageBeforeAnythingIsAsked() {
    for (String[] words :
        new String[][] {
          {"update", "db"},
          {"update", "-m", "128m"},
          {"update", "-m", "much", "db"},
          {"update", "--cpus", "-1", "db"},
          {"update", "-m", "128m", "a b"},
        }) {
      Berth.Result result = berth.run(words);
      assertEquals(2, result.exitCode(), String.join(" ", words) + ": " + result.err());
    }
    assertEquals(List.of(), cluster.requests(UpdateWorkloadRequest.class));
    assertEquals(1, berth.run("update", "-m", "128m", "db.1").exitCode());
    assertEquals(1, berth.run("update", "-m", "128m", "nothing").exitCode());
  }
}
