package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.WorkloadType;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ClusterVerbsTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    Samples.fill(cluster);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void nodesAreListedWithWhatIsReservedAndWhatThereIs() {
    List<String> lines = berth.run("node", "ls").lines();
    assertTrue(
        lines
            .get(0)
            .matches("NAME +STATE +AVAILABILITY +CPU +MEMORY +INSTANCES +DRIVERS +ADDRESS +AGE"),
        lines.toString());
    assertTrue(
        lines
            .get(1)
            .matches(
                "alpha +READY +ACTIVE +300m/2 +192Mi/4Gi +3 +docker 20\\.10\\.5 +10\\.0\\.0\\.1"
                    + " +2h"),
        lines.toString());
    assertEquals("alpha\n", berth.run("node", "ls", "-o", "name").out());
    assertEquals("", berth.run("node", "ls", "-o", "name", "--filter", "state=lost").out());
  }

  @Test
  void aNodeIsShownLayerByLayerWithTheHardwareAtTheBottom() {
    String out = berth.run("node", "inspect", "alpha").out();
    int hardware = out.indexOf("\n  hardware ");
    int kernel = out.indexOf("\n  kernel ");
    assertTrue(kernel > 0 && hardware > kernel, out);
    assertTrue(out.contains("memory  4Gi"), out);
    assertTrue(berth.run("node", "inspect", "-o", "json", "alpha").out().contains("\"layers\""));
  }

  @Test
  void nodesAreCordonedLabelledAndRemoved() {
    assertEquals(new Berth.Result(0, "alpha\n", ""), berth.run("node", "cordon", "alpha"));
    assertEquals(NodeAvailability.NODE_AVAILABILITY_CORDONED, alpha().getAvailability());
    assertEquals(0, berth.run("node", "uncordon", "alpha").exitCode());
    assertEquals(NodeAvailability.NODE_AVAILABILITY_ACTIVE, alpha().getAvailability());
    assertEquals(0, berth.run("node", "label", "alpha", "zone=a", "disk-").exitCode());
    assertEquals(Map.of("zone", "a"), alpha().getLabelsMap());
    assertEquals(2, berth.run("node", "label", "alpha", "zone").exitCode());
    Berth.Result removed = berth.run("node", "rm", "beta", "alpha");
    assertEquals(1, removed.exitCode());
    assertEquals("alpha\n", removed.out());
    assertTrue(removed.err().contains("beta"), removed.err());
  }

  @Test
  void aTokenIsPrintedOnceAndAlone() {
    Berth.Result created = berth.run("token", "create", "--node", "beta", "--ttl", "1h");
    assertEquals("berth1.token00000.secret.digest\n", created.out());
    assertTrue(created.err().contains("for beta"), created.err());
    assertFalse(berth.run("token", "ls", "-o", "json").out().contains("secret"));
    assertEquals("token00000\n", berth.run("token", "ls", "-q").out());
    assertEquals(0, berth.run("token", "revoke", "token00000").exitCode());
    assertEquals(1, berth.run("token", "revoke", "token00000").exitCode());
    assertEquals(2, berth.run("token", "revoke", "../x").exitCode());
    assertEquals(2, berth.run("token", "create", "--ttl", "soon").exitCode());
  }

  @Test
  void eventsAreLinesOldestFirst() {
    List<String> lines = berth.run("events").lines();
    assertEquals(3, lines.size());
    assertTrue(lines.getFirst().contains("Running  web.1 on alpha: runs"), lines.getFirst());
    assertTrue(berth.run("events", "-o", "json").lines().getFirst().startsWith("{\"revision\""));
  }

  @Test
  void versionSaysBothOrWhyNot() {
    Berth.Result both = berth.run("version");
    assertTrue(both.out().contains("epoch 7"), both.out());
    Berth.Result alone = berth.run("--version");
    assertEquals(1, alone.lines().size());
    assertEquals(alone.out(), berth.run("version", "--client").out());
  }

  @Test
  void waitPassesTheProgramsCodeAnd125WhenThereIsNone() {
    var ended =
        Samples.instance("job", 1, InstanceState.INSTANCE_STATE_FAILED).setId("e".repeat(32));
    ended.getStatusBuilder().setExitCode(42);
    var job = Samples.workload("job").toBuilder();
    job.getSpecBuilder()
        .setReplicas(1)
        .setType(WorkloadType.WORKLOAD_TYPE_BATCH)
        .getRestartBuilder()
        .setCondition(RestartCondition.RESTART_CONDITION_NEVER);
    cluster.workloads().put(job.build());
    cluster.instances().put(ended.build());
    assertEquals(42, berth.run("wait", "job").exitCode());
    assertEquals(0, berth.run("wait", "--for", "running", "web").exitCode());
    assertEquals(125, berth.run("wait", "nothing").exitCode());
    assertEquals(2, berth.run("wait", "--for", "christmas", "job").exitCode());
  }

  @Test
  void completionOffersNamesThatAShellCanSwallow() {
    for (String shell : List.of("bash", "zsh", "fish")) {
      assertTrue(berth.run("completion", shell).out().contains("berth"), shell);
    }
    assertEquals(2, berth.run("completion", "tcsh").exitCode());
    cluster.nodes().put(Samples.node("$(reboot)"));
    assertEquals("alpha\n", berth.run("__names", "nodes").out());
    assertEquals("web\nweb.1\nweb.2\nweb.3\n", berth.run("__names", "targets").out());
  }

  private Node alpha() {
    return Objects.requireNonNull(cluster.nodes().all().get("alpha"));
  }
}
