package dev.berth.cli.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.BerthCommand;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.LogSource;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.StreamLogsRequest;
import dev.berth.v1.Workload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LogsCommandTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
    Samples.fill(cluster);
    for (int slot = 1; slot <= 3; slot++) {
      String id = Samples.running("web", slot).getId();
      cluster.instances().print(id, LogSource.LOG_SOURCE_STDOUT, "line " + slot + "\n");
    }
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void showsAllSlotsEachLineWithItsSlot() {
    Berth.Result result = berth.run("logs", "web");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(
        List.of("web.1 | line 1", "web.2 | line 2", "web.3 | line 3"),
        result.lines().stream().sorted().toList());
  }

  @Test
  void showsOneSlotAsItWrote() {
    assertEquals(new Berth.Result(0, "line 2\n", ""), berth.run("logs", "web.2"));
  }

  @Test
  void passesItsOptionsOn() {
    berth.run("logs", "--tail", "5", "--since", "10m", "-t", "web.1");
    StreamLogsRequest request = cluster.requests(StreamLogsRequest.class).getFirst();
    assertEquals(5, request.getTailLines());
    assertTrue(request.hasSince());
    assertTrue(request.getTimestamps());
  }

  @Test
  void followsReplacementsUntilAllHasEnded() {
    Workload.Builder once = Samples.workload("job").toBuilder();
    once.getSpecBuilder()
        .setReplicas(1)
        .setType(dev.berth.v1.WorkloadType.WORKLOAD_TYPE_BATCH)
        .getRestartBuilder()
        .setCondition(RestartCondition.RESTART_CONDITION_ON_FAILURE);
    cluster.workloads().put(once.build());
    Instance first = instance("a", InstanceState.INSTANCE_STATE_FAILED, 50);
    cluster.instances().put(first);
    cluster.instances().print(first.getId(), LogSource.LOG_SOURCE_STDOUT, "first\n");
    Thread.ofVirtual()
        .start(
            () -> {
              awaitStream();
              Instance second = instance("b", InstanceState.INSTANCE_STATE_COMPLETE, 1);
              cluster.instances().print(second.getId(), LogSource.LOG_SOURCE_STDOUT, "second\n");
              cluster.instances().put(second);
            });
    assertEquals(new Berth.Result(0, "first\nsecond\n", ""), berth.run("logs", "-f", "job"));
  }

  @Test
  void makesHostileOutputHarmlessOnATerminal() {
    String id = Samples.running("web", 1).getId();
    cluster
        .instances()
        .print(id, LogSource.LOG_SOURCE_STDOUT, "\u001b[31mred\u001b[0m \u001b]0;title\u0007\n");
    Berth.Result result = berth.onTerminal(80).run("logs", "web.1");
    assertEquals("line 1\n\u001b[31mred\u001b[0m \\u{1b}]0;title\\u{7}\n", result.out());
    assertEquals(
        "line 1\n\u001b[31mred\u001b[0m \u001b]0;title\u0007\n", berth.run("logs", "web.1").out());
  }

  @Test
  void endsQuietlyWhenNobodyReadsAnyMore() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            InputStream.nullInputStream(),
            new PrintStream(closed, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            cluster.environment());
    // The workload is a service that runs: without the closed pipe this would last for ever.
    assertEquals(141, new BerthCommand(terminal).run(List.of("logs", "-f", "web")));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void refusesWrongUsage() {
    assertEquals(2, berth.run("logs").exitCode());
    assertEquals(2, berth.run("logs", "--tail", "0", "web").exitCode());
    assertEquals(2, berth.run("logs", "--since", "yesterday", "web").exitCode());
    assertEquals(2, berth.run("logs", "We\u202eb").exitCode());
    Berth.Result unknown = berth.run("logs", "nothing");
    assertEquals(1, unknown.exitCode());
    assertTrue(unknown.err().contains("there is no workload \"nothing\""), unknown.err());
  }

  private static Instance instance(String prefix, InstanceState state, long age) {
    Instance.Builder instance = Samples.instance("job", 1, state);
    instance.setId(prefix + instance.getId().substring(1)).setCreateTime(Samples.ago(age));
    instance.getStatusBuilder().setExitCode(0).setStartTime(Samples.ago(age));
    return instance.build();
  }

  private void awaitStream() {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (cluster.requests(StreamLogsRequest.class).isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }
}
