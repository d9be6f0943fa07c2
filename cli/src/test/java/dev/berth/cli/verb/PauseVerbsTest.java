package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.InstanceState;
import dev.berth.v1.PauseInstanceRequest;
import dev.berth.v1.UnpauseInstanceRequest;
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
class PauseVerbsTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
    cluster.workloads().put(Samples.workload("db"));
    for (int slot = 1; slot <= 2; slot++) {
      cluster
          .instances()
          .put(
              Samples.instance("db", slot, InstanceState.INSTANCE_STATE_RUNNING)
                  .setId(Integer.toString(slot).repeat(32))
                  .build());
    }
    cluster
        .instances()
        .put(
            Samples.instance("db", 3, InstanceState.INSTANCE_STATE_STOPPED)
                .setId("3".repeat(32))
                .build());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void aSlotStandsStillAndGoesOnAndPsShowsIt() {
    assertEquals(new Berth.Result(0, "db.1\n", ""), berth.run("pause", "db.1"));
    assertEquals(1, cluster.requests(PauseInstanceRequest.class).size());
    List<String> lines = berth.run("ps").lines();
    assertEquals(1, lines.stream().filter(line -> line.contains("(paused)")).count(), "" + lines);
    assertEquals(new Berth.Result(0, "db.1\n", ""), berth.run("unpause", "db.1"));
    assertTrue(!berth.run("ps").out().contains("(paused)"));
  }

  @Test
  void ofAWorkloadAllThatRuns() {
    assertEquals(new Berth.Result(0, "db\n", ""), berth.run("pause", "db"));
    assertEquals(
        List.of("1".repeat(32), "2".repeat(32)),
        cluster.requests(PauseInstanceRequest.class).stream()
            .map(PauseInstanceRequest::getInstance)
            .sorted()
            .toList());
    assertEquals(new Berth.Result(0, "db\n", ""), berth.run("unpause", "db"));
    assertEquals(2, cluster.requests(UnpauseInstanceRequest.class).size());
  }

  @Test
  void saysWhatDoesNotRunAndGoesOnWithTheRest() {
    Berth.Result result = berth.run("pause", "db.3", "db.2");
    assertEquals(1, result.exitCode());
    assertEquals("db.2\n", result.out());
    assertEquals("berth: db.3: it does not run; see `berth ps -a db`\n", result.err());
    assertEquals(2, berth.run("pause").exitCode());
    assertEquals(2, berth.run("pause", "a b").exitCode());
    assertEquals(1, berth.run("unpause", "nothing").exitCode());
  }
}
