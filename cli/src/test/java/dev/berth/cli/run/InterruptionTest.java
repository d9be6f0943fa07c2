package dev.berth.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import dev.berth.cli.testing.BerthProcess;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.FakeExec;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.KillInstanceRequest;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.WatchInstancesRequest;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What signals do to `berth run` in the foreground and to `berth attach`.
@Timeout(120)
class InterruptionTest {
  private static final int INTERRUPTED = 130;

  private FakeCluster cluster;
  private Path err;
  private @Nullable Process process;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    Samples.fill(cluster);
    err = directory.resolve("err");
  }

  @AfterEach
  void stop() throws IOException {
    if (process != null) {
      process.destroyForcibly();
    }
    cluster.close();
  }

  private void start(String... words) throws IOException {
    process = BerthProcess.of(cluster.environment(), err, words).start();
  }

  private Process berth() {
    return Objects.requireNonNull(process, "was not started");
  }

  private void run(InstanceState state, String... options) throws Exception {
    cluster
        .workloads()
        .onChange(
            made -> {
              if (made.getName().equals("job") && made.getRevision() <= 1) {
                cluster.instances().put(Samples.instance("job", 1, state).build());
              }
            });
    List<String> words = new ArrayList<>(List.of("run", "--name", "job"));
    words.addAll(List.of(options));
    words.add("demo");
    start(words.toArray(String[]::new));
    await(WatchInstancesRequest.class, 1);
  }

  private <T extends Message> List<T> await(Class<T> type, int count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (cluster.requests(type).size() < count) {
      assertTrue(
          berth().isAlive() && System.nanoTime() < deadline,
          () -> "not " + count + " of " + type.getSimpleName());
      Thread.onSpinWait();
    }
    return cluster.requests(type);
  }

  private void signal(String name) throws Exception {
    String pid = Long.toString(berth().pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  @Test
  void withoutAWordCtrlCStopsWhatRunsInTheForeground() throws Exception {
    run(InstanceState.INSTANCE_STATE_PENDING);
    signal("INT");
    assertEquals("job", await(StopWorkloadRequest.class, 1).getFirst().getName());
  }

  @Test
  void ctrlCLeavesWhatWasNotToGetItAndSaysHowToGoBack() throws Exception {
    run(InstanceState.INSTANCE_STATE_RUNNING, "--sig-proxy=false", "--rm");
    signal("INT");
    assertEquals(INTERRUPTED, berth().waitFor());
    assertEquals(
        "berth: left job; it goes on, and is not removed when it ends. `berth attach job` goes back"
            + " to it, `berth stop job` stops it\n",
        Files.readString(err));
    assertEquals(List.of(), cluster.requests(StopWorkloadRequest.class));
  }

  @Test
  void aRunHandsSignalsOnAndEndsWithItsProgram() throws Exception {
    run(InstanceState.INSTANCE_STATE_RUNNING, "--sig-proxy");
    signal("INT");
    KillInstanceRequest first = await(KillInstanceRequest.class, 1).getFirst();
    Instance running = Samples.instance("job", 1, InstanceState.INSTANCE_STATE_RUNNING).build();
    assertEquals(running.getId(), first.getInstance());
    assertEquals("INT", first.getSignal());
    signal("USR1");
    assertEquals("USR1", await(KillInstanceRequest.class, 2).getLast().getSignal());
    Instance.Builder ended = Samples.instance("job", 1, InstanceState.INSTANCE_STATE_FAILED);
    ended.getStatusBuilder().setExitCode(3).setStartTime(Samples.ago(1));
    cluster.instances().put(ended.build());
    assertEquals(3, berth().waitFor());
    assertEquals(List.of(), cluster.requests(StopWorkloadRequest.class));
  }

  @Test
  void whatDoesNotRunYetIsStoppedAsThereIsNobodyToHandASignalTo() throws Exception {
    run(InstanceState.INSTANCE_STATE_PENDING, "--sig-proxy");
    signal("TERM");
    assertEquals("job", await(StopWorkloadRequest.class, 1).getFirst().getName());
    assertEquals(List.of(), cluster.requests(KillInstanceRequest.class));
  }

  @Test
  void attachHandsSignalsOn() throws Exception {
    start("attach", "web.1");
    greeted();
    signal("INT");
    KillInstanceRequest sent = await(KillInstanceRequest.class, 1).getFirst();
    assertEquals(Samples.running("web", 1).getId(), sent.getInstance());
    assertEquals("INT", sent.getSignal());
    Instance.Builder ended = Samples.instance("web", 1, InstanceState.INSTANCE_STATE_FAILED);
    ended.getStatusBuilder().setExitCode(9);
    cluster.instances().put(ended.build());
    berth().getOutputStream().close();
    assertEquals(9, berth().waitFor());
    assertEquals("", Files.readString(err));
  }

  @Test
  void attachSaysWhenASignalDoesNotArrive() throws Exception {
    start("attach", "web.1");
    greeted();
    cluster
        .calls()
        .refuse(Status.FAILED_PRECONDITION.withDescription("it was kept").asRuntimeException());
    signal("HUP");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.readString(err).endsWith("\n") && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals("berth: web.1: it did not get HUP: it was kept\n", Files.readString(err));
    assertTrue(berth().isAlive());
  }

  @Test
  void attachIsLeftByCtrlCWhenTheProgramIsNotToGetIt() throws Exception {
    start("attach", "--sig-proxy=false", "web.1");
    greeted();
    signal("INT");
    assertEquals(INTERRUPTED, berth().waitFor());
    assertEquals(List.of(), cluster.requests(KillInstanceRequest.class));
  }

  private void greeted() throws IOException {
    byte[] greeting = FakeExec.GREETING.getBytes(StandardCharsets.UTF_8);
    assertEquals(
        FakeExec.GREETING,
        new String(berth().getInputStream().readNBytes(greeting.length), StandardCharsets.UTF_8));
  }
}
