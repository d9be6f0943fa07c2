package dev.berth.cli.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.v1.CreateVolumeRequest;
import dev.berth.v1.PruneVolumesRequest;
import dev.berth.v1.RemoveVolumeRequest;
import dev.berth.v1.VolumeSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class VolumeVerbsTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private static List<String> rows(Berth.Result result) {
    return result.lines().stream().map(line -> line.replaceAll(" +", " ").strip()).toList();
  }

  @Test
  void listsVolumesWithTheirNodesAndWhoHasThem() {
    Berth.Result result = berth.run("volume", "ls");
    assertEquals(
        List.of(
            "DRIVER VOLUME NAME NODE CREATED USED BY",
            "nfs cache n1 - someone",
            "local data n1 - db.1",
            "local data n2 - (db)"),
        rows(result));
    assertEquals(1, result.exitCode());
    assertEquals("berth: n3: it is not connected\n", result.err());
  }

  @Test
  void filtersAsDockerDoesAndPrintsEachNameOnce() {
    assertEquals("cache\ndata\n", berth.run("volume", "ls", "-q").out());
    assertEquals("data\n", berth.run("volume", "ls", "-q", "-f", "name=at").out());
    assertEquals("cache\n", berth.run("volume", "ls", "-q", "--filter=driver=nfs").out());
    assertEquals("data\n", berth.run("volume", "ls", "-q", "-f", "label=team").out());
    assertEquals("", berth.run("volume", "ls", "-q", "-f", "label=team=other").out());
    Berth.Result dangling = berth.run("volume", "ls", "-f", "dangling=1", "-o", "json");
    assertTrue(
        dangling.out().contains("\"node\": \"n2\"") && !dangling.out().contains("\"n1\""),
        dangling.out());
    assertEquals(2, berth.run("volume", "ls", "-f", "size=1").exitCode());
  }

  @Test
  void createSendsWhatDockersFlagsSayAndPrintsTheName() {
    Berth.Result result =
        berth.run(
            "volume",
            "create",
            "-d",
            "local",
            "-o",
            "type=nfs",
            "--opt",
            "o=addr=10.0.0.5,rw",
            "--label",
            "team=shop",
            "--label",
            "plain",
            "--node=n1",
            "data");
    assertEquals("data\n", result.out());
    assertEquals(0, result.exitCode());
    CreateVolumeRequest sent = cluster.requests(CreateVolumeRequest.class).getFirst();
    assertEquals(
        VolumeSpec.newBuilder()
            .setName("data")
            .setDriver("local")
            .putAllOptions(Map.of("type", "nfs", "o", "addr=10.0.0.5,rw"))
            .putAllLabels(Map.of("team", "shop", "plain", ""))
            .build(),
        sent.getVolume());
    assertEquals(List.of("n1"), sent.getNodesList());
  }

  @Test
  void createWithoutANameMakesOneAndSaysThatNobodyGaveIt() {
    String name = berth.run("volume", "create").out().strip();
    assertTrue(name.matches("[0-9a-f]{32}"), name);
    VolumeSpec sent = cluster.requests(CreateVolumeRequest.class).getFirst().getVolume();
    assertEquals(name, sent.getName());
    assertTrue(sent.containsLabels("com.docker.volume.anonymous"));
    assertEquals(2, berth.run("volume", "create", "../x").exitCode());
    assertEquals(2, berth.run("volume", "create", "-o", "novalue", "x").exitCode());
  }

  @Test
  void createThatFailsOnOneNodeSaysWhereAndFails() {
    Berth.Result result = berth.run("volume", "create", "-d", "nfs", "data");
    assertEquals("data\n", result.out());
    assertEquals("berth: n2: no such driver\n", result.err());
    assertEquals(1, result.exitCode());
  }

  @Test
  void inspectShowsWhatThereIsAndComplainsOfTheRest() {
    Berth.Result result = berth.run("volume", "inspect", "data", "nobody");
    assertTrue(result.out().contains("\"slot\": \"db.1\""), result.out());
    assertEquals(
        "berth: nobody: no node has it; 'berth volume ls' lists those there are\n", result.err());
    assertEquals(1, result.exitCode());
    assertEquals(0, berth.run("volume", "inspect", "-f", "yaml", "data").exitCode());
    assertEquals(1, berth.run("volume", "inspect", "--node=n2", "--node=n1", "data").exitCode());
  }

  @Test
  void rmIsContentWithTheNodesThatHadIt() {
    Berth.Result result = berth.run("volume", "rm", "data");
    assertEquals("n1: data\n", result.out());
    assertEquals(0, result.exitCode());
    assertFalse(cluster.requests(RemoveVolumeRequest.class).getFirst().getForce());
    assertEquals(1, berth.run("volume", "rm", "nobody").exitCode());
    assertEquals(0, berth.run("volume", "rm", "-f", "nobody").exitCode());
  }

  @Test
  void pruneAsksFirstAndSaysWhatStays() {
    assertEquals(2, berth.run("volume", "prune").exitCode());
    Berth.Result result =
        berth.run("volume", "prune", "-af", "--filter", "label!=keep", "--filter=label=a=b");
    assertEquals("n1: deleted old\n", result.out());
    assertTrue(result.err().contains("n1: data stays: a workload mounts it\n"), result.err());
    assertTrue(result.err().contains("room given back: 3Mi"), result.err());
    PruneVolumesRequest sent = cluster.requests(PruneVolumesRequest.class).getFirst();
    assertTrue(sent.getAll());
    assertEquals(List.of("keep"), sent.getExcludedLabelsList());
    assertEquals(List.of("a=b"), sent.getLabelsList());
    assertEquals(2, berth.run("volume", "prune", "-f", "--filter=until=1h").exitCode());
  }
}
