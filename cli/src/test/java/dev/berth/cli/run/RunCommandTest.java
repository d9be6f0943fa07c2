package dev.berth.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.LogSource;
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
class RunCommandTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void printsTheNameAsSoonAsItIsAccepted() {
    Berth.Result result =
        berth.run("run", "-d", "--name", "web", "--replicas", "3", "-p", "80", "berth/demo");
    assertEquals(new Berth.Result(0, "web\n", ""), result);
    CreateWorkloadRequest request = cluster.requests(CreateWorkloadRequest.class).getFirst();
    assertEquals(3, request.getWorkload().getSpec().getReplicas());
    assertEquals(36, request.getRequestId().length());
  }

  @Test
  void makesUpANameWhenNoneIsGiven() {
    Berth.Result result = berth.run("run", "-d", "berth/demo");
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(result.out().matches("demo-[a-z0-9]{4}\n"), result.out());
  }

  @Test
  void leavesOptionsAfterTheImageToTheProgram() {
    berth.run("run", "-d", "demo", "ls", "-l", "--help");
    Workload made = cluster.requests(CreateWorkloadRequest.class).getFirst().getWorkload();
    assertEquals(List.of("ls", "-l", "--help"), made.getSpec().getContainer().getCommandList());
  }

  @Test
  void showsTheOutputAndPassesTheExitCode() {
    cluster.workloads().onChange(made -> end(made, InstanceState.INSTANCE_STATE_FAILED, 7));
    cluster.instances().print(id(1), LogSource.LOG_SOURCE_STDOUT, "hello\nno end");
    cluster.instances().print(id(1), LogSource.LOG_SOURCE_STDERR, "trouble\n");
    Berth.Result result = berth.run("run", "--name", "job", "demo", "fail");
    assertEquals(new Berth.Result(7, "hello\nno end", "trouble\n"), result);
    assertEquals(List.of(), cluster.requests(DeleteWorkloadRequest.class));
  }

  @Test
  void removesTheWorkloadAfterwardsWhenAsked() {
    cluster.workloads().onChange(made -> end(made, InstanceState.INSTANCE_STATE_COMPLETE, 0));
    Berth.Result result = berth.run("run", "--rm", "--name", "job", "demo");
    assertEquals(new Berth.Result(0, "", ""), result);
    assertEquals(1, cluster.requests(DeleteWorkloadRequest.class).size());
  }

  @Test
  void endsWith125WhenBerthFailedBeforeTheProgramRan() {
    cluster
        .workloads()
        .onChange(
            made -> {
              Instance.Builder failed =
                  Samples.instance(made.getName(), 1, InstanceState.INSTANCE_STATE_FAILED);
              failed
                  .getStatusBuilder()
                  .setReason("ImagePullFailed")
                  .setMessage("no such image \u001b[2J");
              cluster.instances().put(failed.build());
            });
    Berth.Result result = berth.run("run", "--name", "job", "demo");
    assertEquals(
        new Berth.Result(125, "", "berth: job.1: ImagePullFailed: no such image \\u{1b}[2J\n"),
        result);
  }

  @Test
  void endsWith127Or126WhenTheProgramCannotBeStarted() {
    String[] message = {""};
    cluster
        .workloads()
        .onChange(
            made -> {
              Instance.Builder failed =
                  Samples.instance(made.getName(), 1, InstanceState.INSTANCE_STATE_FAILED);
              failed.getStatusBuilder().setReason("StartFailed").setMessage(message[0]);
              if (!made.getDeleting()) {
                cluster.instances().put(failed.build());
              }
            });
    message[0] = "exec: \"/nope\": stat /nope: no such file or directory: unknown";
    assertEquals(127, berth.run("run", "--rm", "--name", "a", "demo", "/nope").exitCode());
    message[0] = "exec: \"/etc\": permission denied: unknown";
    assertEquals(126, berth.run("run", "--rm", "--name", "a", "demo", "/etc").exitCode());
    message[0] = "mount failed";
    assertEquals(125, berth.run("run", "--rm", "--name", "a", "demo").exitCode());
  }

  @Test
  void saysWhyAProgramHasToWait() {
    cluster
        .workloads()
        .onChange(
            made -> {
              Instance.Builder pending =
                  Samples.instance(made.getName(), 1, InstanceState.INSTANCE_STATE_PENDING);
              pending.getStatusBuilder().setReason("NoCapacity").setMessage("0 of 1 nodes fit");
              cluster.instances().put(pending.build());
              Thread.ofVirtual()
                  .start(
                      () -> {
                        awaitWatcher();
                        end(made, InstanceState.INSTANCE_STATE_COMPLETE, 0);
                      });
            });
    Berth.Result result = berth.run("run", "--name", "job", "demo");
    assertEquals(new Berth.Result(0, "", "job.1: PENDING: 0 of 1 nodes fit\n"), result);
  }

  @Test
  void putsTheSlotBeforeEachLineOfSeveral() {
    cluster.workloads().onChange(made -> end(made, InstanceState.INSTANCE_STATE_COMPLETE, 0));
    cluster.instances().print(id(1), LogSource.LOG_SOURCE_STDOUT, "one\n");
    cluster.instances().print(id(2), LogSource.LOG_SOURCE_STDOUT, "two");
    Berth.Result result = berth.run("run", "--name", "job", "--replicas", "2", "demo");
    assertEquals(List.of("job.1 | one", "job.2 | two"), result.lines().stream().sorted().toList());
  }

  @Test
  void refusesWrongUsageWithoutACluster() {
    Berth alone = new Berth(java.util.Map.of("BERTH_CONFIG", "/no/such/file"));
    Berth.Result result = alone.run("run", "--name", "Web\u202e", "demo");
    assertEquals(2, result.exitCode());
    assertTrue(result.err().startsWith("berth: --name: value: \"Web\\u{202e}\""), result.err());
    assertEquals(2, alone.run("run").exitCode());
    assertEquals(2, alone.run("run", "-d", "--rm", "demo").exitCode());
    assertEquals(2, alone.run("run", "--no-such-option", "demo").exitCode());
    assertEquals(125, alone.run("run", "demo").exitCode());
  }

  private void end(Workload made, InstanceState state, int code) {
    if (made.getDeleting()) {
      return;
    }
    for (int slot = 1; slot <= made.getSpec().getReplicas(); slot++) {
      Instance.Builder ended = Samples.instance(made.getName(), slot, state);
      ended.getStatusBuilder().setExitCode(code).setStartTime(Samples.ago(1));
      cluster.instances().put(ended.build());
    }
  }

  private void awaitWatcher() {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (cluster.requests(dev.berth.v1.WatchInstancesRequest.class).isEmpty()
        && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  private static String id(int slot) {
    return Samples.instance("job", slot, InstanceState.INSTANCE_STATE_RUNNING).getId();
  }
}
