package dev.berth.cli.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.v1.CommitInstanceRequest;
import dev.berth.v1.Kind;
import dev.berth.v1.PruneImagesRequest;
import dev.berth.v1.PullImageRequest;
import dev.berth.v1.PushImageRequest;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.RemoveImageRequest;
import dev.berth.v1.TagImageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ContainerImageVerbsTest {
  private static final String DIGEST = "sha256:" + "ef".repeat(32);
  private static final String ID = "cd".repeat(32);

  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment()).with("DOCKER_CONFIG", directory.toString());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void listsImagesOfContainersAndMachinesInOneTableByName() {
    Berth.Result result = berth.run("images");
    assertEquals(1, result.exitCode());
    List<String> rows = result.lines().stream().map(line -> line.replaceAll(" +", " ")).toList();
    assertEquals("REPOSITORY TAG IMAGE ID KIND NODE CREATED SIZE USED BY", rows.getFirst());
    assertTrue(rows.get(1).startsWith("debian <none> abababababab vm n1"), result.out());
    assertTrue(rows.get(2).matches("host:5000/shop 2.1 cdcdcdcdcdcd container n1 .*d 5Mi 1"));
    assertTrue(rows.get(3).startsWith("shop 1 cdcdcdcdcdcd container n1"), result.out());
    assertEquals("berth: n2: it is not connected\n", result.err());
  }

  @Test
  void showsDigestsFiltersAndPrintsIdsOnlyOnce() {
    String digests = berth.run("images", "--digests", "--kind=container", "shop").out();
    assertTrue(digests.replaceAll(" +", " ").contains("shop 1 " + DIGEST), digests);
    assertFalse(digests.contains("debian"), digests);
    assertEquals(ID + "\n", berth.run("images", "-q", "--no-trunc", "--kind=container").out());
    assertEquals("shop:1\n", berth.run("images", "-o", "name", "--filter=repository=shop").out());
    assertTrue(berth.run("image", "ls", "-o", "json", "shop").out().startsWith("["));
    assertEquals(2, berth.run("images", "--kind=process").exitCode());
    assertEquals(2, berth.run("images", "--filter=age=1").exitCode());
  }

  @Test
  void commitSendsDockersFlagsAndPrintsTheId() {
    Berth.Result result =
        berth.run(
            "commit",
            "-a",
            "ann",
            "-m",
            "of May",
            "-c",
            "ENV A=1",
            "-c",
            "CMD [\"serve\"]",
            "--pause=false",
            "web.1",
            "host:5000/shop:may");
    assertEquals(new Berth.Result(0, "sha256:" + ID + "\n", ""), result);
    CommitInstanceRequest asked = cluster.images().committed();
    assertEquals("web.1", asked.getInstance());
    assertEquals("host:5000/shop:may", asked.getImage());
    assertEquals("ann", asked.getAuthor());
    assertEquals("of May", asked.getComment());
    assertEquals(List.of("ENV A=1", "CMD [\"serve\"]"), asked.getChangesList());
    assertTrue(asked.getWithoutPause());
    Berth.Result refused = berth.run("commit", "-p", "web.2", "shop");
    assertEquals(1, refused.exitCode());
    assertTrue(refused.err().contains("n2: MAINTAINER"), refused.err());
    assertFalse(cluster.images().committed().getWithoutPause());
    assertEquals(2, berth.run("commit", "web.1").exitCode());
    assertEquals(2, berth.run("commit", "web.1", "shop@sha256:" + ID).exitCode());
    assertEquals(2, berth.run("commit", "We b", "shop").exitCode());
  }

  @Test
  void pullTellsOfEachNodeAndSendsTheLoginOfItsRegistryAlone() throws Exception {
    Files.writeString(
        directory.resolve("config.json"),
        "{\"auths\":{\"host:5000\":{\"auth\":\"YW5uOnMzY3JldA==\"}}}");
    Berth.Result result = berth.run("pull", "host:5000/shop:1");
    assertEquals(1, result.exitCode());
    assertEquals("n1: host:5000/shop:1 " + DIGEST + "\n", result.out());
    assertTrue(result.err().contains("berth: n2: image shop:1: denied; log in\n"), result.err());
    assertTrue(result.err().contains("n1: has begun\n"), result.err());
    assertFalse(result.err().contains("s3cret"), result.err());
    assertEquals(
        RegistryLogin.newBuilder()
            .setServer("host:5000")
            .setUsername("ann")
            .setPassword("s3cret")
            .build(),
        cluster.requests(PullImageRequest.class).getFirst().getLogin());
    assertEquals(DIGEST + "\n", berth.run("pull", "-q", "--node=n1", "shop").out());
    assertFalse(cluster.requests(PullImageRequest.class).getLast().hasLogin());
  }

  @Test
  void aPullOnATerminalShowsALineANode() {
    Berth.Result result = berth.onTerminal(60).run("pull", "--node=n1", "shop:1");
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(result.err().contains("n1: 0B of 100B, 0 %\n"), result.err());
    assertTrue(result.err().contains("\u001b[1A\r\u001b[J"), result.err());
  }

  @Test
  void warnsOfAnImageForAnotherPlatform() {
    cluster.images().foreignPlatform();
    Berth.Result result = berth.run("pull", "--node=n1", "shop:1");
    assertEquals(0, result.exitCode());
    assertTrue(result.err().contains("berth: n1: it is built for linux/arm64"), result.err());
  }

  @Test
  void pushGoesFromANodeThatHasTheImage() {
    Berth.Result result = berth.run("push", "host:5000/shop:2.1");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("n1: host:5000/shop:2.1 " + DIGEST + "\n", result.out());
    assertEquals("n1", cluster.requests(PushImageRequest.class).getFirst().getNode());
    Berth.Result none = berth.run("push", "host:5000/other");
    assertEquals(1, none.exitCode());
    assertTrue(none.err().contains("host:5000/other:latest: no node has this image"), none.err());
    Berth.Result cut = berth.run("push", "--node=n2", "host:5000/shop:2.1");
    assertEquals(1, cut.exitCode());
    assertTrue(cut.err().contains("n2: the registry went away"), cut.err());
  }

  @Test
  void disksOfMachinesArePushedAndPulledAsSuch() {
    assertEquals(0, berth.run("push", "debian").exitCode());
    assertEquals(Kind.KIND_VM, cluster.requests(PushImageRequest.class).getLast().getKind());
    assertEquals(0, berth.run("push", "--node=n1", "debian").exitCode());
    assertEquals(Kind.KIND_VM, cluster.requests(PushImageRequest.class).getLast().getKind());
    assertEquals(0, berth.run("push", "--kind=container", "shop:1").exitCode());
    assertEquals(Kind.KIND_CONTAINER, cluster.requests(PushImageRequest.class).getLast().getKind());
    var _ = berth.run("pull", "--kind=vm", "host:5000/disks/db:may");
    assertEquals(Kind.KIND_VM, cluster.requests(PullImageRequest.class).getLast().getKind());
    Berth.Result nowhere = berth.run("pull", "--kind=vm", "debian");
    assertEquals(2, nowhere.exitCode());
    assertTrue(nowhere.err().contains("with the registry's host"), nowhere.err());
    assertEquals(2, berth.run("push", "--kind=process", "shop").exitCode());
  }

  @Test
  void tagsAndRemovesWhereTheImageIs() {
    assertEquals(
        new Berth.Result(0, "n1: host:5000/shop:3\n", ""),
        berth.run("tag", "shop:1", "host:5000/shop:3"));
    assertEquals("shop:1", cluster.requests(TagImageRequest.class).getFirst().getSource());
    assertEquals(1, berth.run("tag", "--node=n2", "shop:1", "shop:3").exitCode());
    assertEquals(
        new Berth.Result(1, "n1: shop:1\n", "berth: n2: a machine needs it\n"),
        berth.run("rmi", "-f", "shop:1"));
    RemoveImageRequest removed = cluster.requests(RemoveImageRequest.class).getFirst();
    assertEquals(Kind.KIND_CONTAINER, removed.getKind());
    assertTrue(removed.getForce());
  }

  @Test
  void pruneAsksFirstAndIsNotDoneUnasked() {
    assertEquals(2, berth.run("image", "prune").exitCode());
    Berth.Result no = berth.onTerminal(80).reading("n\n").run("image", "prune", "-a");
    assertEquals(1, no.exitCode());
    assertTrue(no.err().contains("will be removed from all nodes. Go on? [y/N]"), no.err());
    assertEquals(List.of(), cluster.requests(PruneImagesRequest.class));
    Berth.Result result = berth.run("image", "prune", "-f", "-a", "--filter=until=72h");
    assertEquals(1, result.exitCode());
    assertEquals("n1: untagged shop:1\nn1: deleted sha256:" + ID + "\n", result.out());
    assertTrue(result.err().contains("n2: it is not connected"), result.err());
    assertTrue(result.err().contains("room given back: 5Mi"), result.err());
    PruneImagesRequest asked = cluster.requests(PruneImagesRequest.class).getFirst();
    assertTrue(asked.getAll());
    assertEquals(72 * 3600, asked.getUntil().getSeconds());
    assertEquals(2, berth.run("image", "prune", "-f", "--filter=until=soon").exitCode());
    assertEquals(2, berth.run("image", "prune", "-f", "--filter=label=x").exitCode());
  }

  @Test
  void inspectShowsWhatTheRuntimeSays() {
    Berth.Result result = berth.run("image", "inspect", "--kind=container", "shop:1");
    assertEquals(0, result.exitCode(), result.err());
    for (String part :
        List.of("Names: shop:1", "Digests: shop@" + DIGEST, "Nodes: n1", "Platform: linux/amd64")) {
      assertTrue(result.out().replaceAll(" +", " ").contains(part), result.out());
    }
    assertEquals(2, berth.run("image", "inspect", "--kind=process", "shop:1").exitCode());
  }

  @Test
  void completionOffersImagesOfContainersByName() {
    assertEquals("host:5000/shop:2.1\nshop:1\n", berth.run("__names", "images").out());
  }

  @Test
  void refusesWrongUsageBeforeAnythingIsAsked() {
    for (String[] words :
        new String[][] {
          {"pull"},
          {"pull", "A B"},
          {"pull", "--node=N_1", "shop"},
          {"push", "shop@" + DIGEST},
          {"push", "--node=N_1", "shop"},
          {"tag", "shop"},
          {"tag", "shop", "shop@" + DIGEST},
          {"rmi"},
          {"rmi", "A B"}
        }) {
      Berth.Result result = berth.run(words);
      assertEquals(2, result.exitCode(), String.join(" ", words) + ": " + result.err());
    }
    assertEquals(List.of(), cluster.requests(PullImageRequest.class));
  }
}
