package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.Namespace;
import dev.berth.v1.Quota;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NamespaceVerbsTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    Samples.fill(cluster);
    cluster
        .namespaces()
        .put(
            Namespace.newBuilder()
                .setName("default")
                .setReserved(Resources.newBuilder().setCpuMillis(300).setMemoryBytes(192L << 20))
                .setInstances(3)
                .setWorkloads(1)
                .build());
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void namespacesAreListedWithWhatTheyReserveAndMayReserve() {
    assertEquals(
        new Berth.Result(0, "team\n", ""),
        berth.run("ns", "create", "team", "--cpu", "8", "--memory", "64Gi", "--instances", "100"));
    List<String> lines = berth.run("ns", "ls").lines();
    assertEquals(3, lines.size());
    assertTrue(lines.get(0).matches("NAME +WORKLOADS +INSTANCES +CPU +MEMORY +AGE"), lines.get(0));
    assertTrue(lines.get(1).matches("default +1 +3 +300m +192Mi +-"), lines.get(1));
    assertTrue(lines.get(2).matches("team +0 +0/100 +0/8 +0B/64Gi +[0-9]+s"), lines.get(2));
    assertEquals("default\nteam\n", berth.run("ns", "ls", "-q").out());
    assertEquals("team\n", berth.run("ns", "ls", "-o", "name", "--filter", "name=team").out());
    assertEquals("default\nteam\n", berth.run("__names", "namespaces").out());
  }

  @Test
  void aNamespaceIsShown() {
    assertEquals(
        """
        Name:       default
        Created:    with its first workload
        Workloads:  1
        Instances:  3
        CPU:        300m
        Memory:     192Mi
        """,
        berth.run("ns", "inspect", "default").out());
    assertTrue(
        berth.run("ns", "inspect", "-o", "json", "default").out().contains("\"workloads\": 1"));
    assertEquals(1, berth.run("ns", "inspect", "nothing").exitCode());
  }

  @Test
  void aQuotaIsChangedPieceByPieceAndTakenAway() {
    assertEquals(
        0, berth.run("ns", "quota", "default", "--cpu", "500m", "--instances", "7").exitCode());
    assertEquals(0, berth.run("ns", "quota", "default", "--memory", "1Gi").exitCode());
    assertEquals(
        Quota.newBuilder().setCpuMillis(500).setMemoryBytes(1L << 30).setInstances(7).build(),
        namespace().getQuota());
    assertEquals(0, berth.run("ns", "quota", "default", "--cpu", "none").exitCode());
    assertFalse(namespace().getQuota().hasCpuMillis());
    assertEquals(
        0,
        berth.run("ns", "quota", "default", "--memory", "none", "--instances", "none").exitCode());
    assertFalse(namespace().hasQuota());
  }

  @Test
  void namespacesAreForgotten() {
    Berth.Result removed = berth.run("ns", "rm", "nothing", "default");
    assertEquals(1, removed.exitCode());
    assertEquals("default\n", removed.out());
    assertEquals("berth: nothing: there is no namespace \"nothing\"\n", removed.err());
  }

  @Test
  void refusesWhatCannotBeMeant() {
    assertEquals(2, berth.run("ns", "create", "Team").exitCode());
    assertEquals(2, berth.run("ns", "create", "team", "--cpu", "0").exitCode());
    assertEquals(2, berth.run("ns", "create", "team", "--memory", "lots").exitCode());
    assertEquals(2, berth.run("ns", "create", "team", "--instances", "-1").exitCode());
    assertEquals(2, berth.run("ns", "quota", "default").exitCode());
    assertEquals(1, berth.run("ns", "create", "default").exitCode());
    assertEquals(
        "berth: quota: value: \"lots\" (expected: CPUs such as 2, 0.5 or 500m), or none\n",
        berth.run("ns", "quota", "default", "--cpu", "lots").err());
  }

  private Namespace namespace() {
    return Objects.requireNonNull(cluster.namespaces().all().get("default"));
  }
}
