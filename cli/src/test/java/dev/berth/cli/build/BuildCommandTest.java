package dev.berth.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.CopyImagesRequest;
import dev.berth.v1.PullImageRequest;
import dev.berth.v1.PushImageRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
class BuildCommandTest {
  private static final String ID = "sha256:" + "cd".repeat(32);

  @TempDir private Path directory;
  private Path context;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment()).with("DOCKER_CONFIG", directory.toString());
    context = Files.createDirectory(directory.resolve("context"));
    Files.writeString(context.resolve("Dockerfile"), "FROM host:5000/base\n");
    Files.writeString(context.resolve("kept"), "kept");
    Files.createDirectories(context.resolve("target/deep"));
    Files.writeString(context.resolve("target/deep/large"), "large");
    Files.writeString(context.resolve(".dockerignore"), "target\n");
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  /// What was sent, as latin letters.
  private String sent() {
    return new String(cluster.images().content(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void sendsTheContextAndDockersFlagsAndSpreadsWhatWasBuilt() throws Exception {
    Files.writeString(
        directory.resolve("config.json"),
        "{\"auths\":{\"host:5000\":{\"auth\":\"YW5uOnMzY3JldA==\"},"
            + "\"other:1\":{\"auth\":\"YW5uOnMzY3JldA==\"}}}");
    Path iid = directory.resolve("iid");
    Berth.Result result =
        berth
            .with("FROM_HERE", "here")
            .run(
                "build",
                "-t=shop:1",
                "-t=shop",
                "--build-arg=A=1",
                "--build-arg=FROM_HERE",
                "--build-arg=UNSET",
                "--label=x=y=z",
                "--target=last",
                "--no-cache",
                "--pull",
                "--network=none",
                "--node=n1",
                "--iidfile=" + iid,
                context.toString());
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("Step 1/1 : FROM scratch\n", result.out());
    assertTrue(result.err().contains("building on n1\n"), result.err());
    assertTrue(result.err().matches("(?s).*sent [0-9.]+Ki to build from\n.*"), result.err());
    assertTrue(result.err().contains("n2: has " + ID + "\n"), result.err());
    assertEquals(ID, Files.readString(iid));
    BuildOrder order = cluster.images().built();
    assertEquals(List.of("shop:1", "shop"), order.getTagsList());
    assertEquals("Dockerfile", order.getDockerfile());
    assertEquals(Map.of("A", "1", "FROM_HERE", "here"), order.getBuildArgsMap());
    assertEquals(Map.of("x", "y=z"), order.getLabelsMap());
    assertEquals("last", order.getTarget());
    assertTrue(order.getNoCache() && order.getPull());
    assertEquals("none", order.getNetwork());
    assertEquals("n1", order.getNode());
    assertEquals(1, order.getLoginsCount(), "only of the registry that is needed");
    assertEquals("host:5000", order.getLogins(0).getServer());
    assertTrue(sent().contains("kept") && sent().contains(".dockerignore"), sent());
    assertFalse(sent().contains("large"), sent());
    CopyImagesRequest copied = cluster.requests(CopyImagesRequest.class).getFirst();
    assertEquals("n1", copied.getSource());
    assertEquals(List.of("shop:1", "shop"), copied.getImagesList());
  }

  @Test
  void saysSoWhenANodeHasAnotherImage() {
    cluster.images().differs();
    Berth.Result result = berth.run("build", "-q", "--nodes=n1,n2", context.toString());
    assertEquals(1, result.exitCode());
    assertEquals(ID + "\n", result.out());
    assertTrue(result.err().contains("n2: it has another image"), result.err());
    CopyImagesRequest copied = cluster.requests(CopyImagesRequest.class).getFirst();
    assertEquals(List.of("cd".repeat(32)), copied.getImagesList(), "without a name by its id");
    assertEquals(List.of("n1", "n2"), copied.getNodesList());
    assertEquals(0, berth.run("build", "-q", "--no-spread", context.toString()).exitCode());
    assertEquals(0, berth.run("build", "-q", context.toString()).exitCode());
    assertEquals(
        1,
        cluster.requests(CopyImagesRequest.class).size(),
        "what has no name stays where it is, unless nodes are named");
  }

  @Test
  void withPushTheRegistryBringsItToTheOthers() {
    String name = "host:5000/shop:1";
    Berth.Result result = berth.run("build", "--push", "-t", name, context.toString());
    assertEquals(name, cluster.requests(PushImageRequest.class).getFirst().getImage());
    assertEquals("n1", cluster.requests(PushImageRequest.class).getFirst().getNode());
    assertEquals(name, cluster.requests(PullImageRequest.class).getFirst().getImage());
    assertEquals(List.of(), cluster.requests(CopyImagesRequest.class));
    assertEquals(1, result.exitCode(), "n2 of these tests is refused by the registry");
  }

  @Test
  void theDockerfileMayLieElsewhereOrComeFromTheInput() throws Exception {
    Path other = Files.writeString(directory.resolve("Other"), "FROM elsewhere\n");
    assertEquals(0, berth.run("build", "-f", other.toString(), context.toString()).exitCode());
    assertTrue(sent().contains("FROM elsewhere"), sent());
    assertEquals(".berth-dockerfile", cluster.images().built().getDockerfile());
    assertEquals(
        0, berth.reading("FROM typed\n").run("build", "-f-", context.toString()).exitCode());
    assertTrue(sent().contains("FROM typed"), sent());
    assertEquals(0, berth.reading("FROM alone\n").run("build", "-").exitCode());
    assertTrue(sent().contains("FROM alone"), sent());
    assertEquals("Dockerfile", cluster.images().built().getDockerfile());
  }

  @Test
  void aQuietBuildThatFailsShowsWhatWasSaid() {
    Berth.Result result = berth.run("build", "-q", "--target=none", context.toString());
    assertEquals(1, result.exitCode());
    assertEquals("", result.out());
    assertTrue(result.err().contains("Step 1/1"), result.err());
    assertTrue(result.err().contains("n1: failed to reach build target none"), result.err());
  }

  @Test
  void wrongUsageIsToldBeforeAnythingIsSent() throws Exception {
    for (String[] words :
        List.of(
            new String[] {"build"},
            new String[] {"build", "https://example.org/shop.git"},
            new String[] {"build", "-t", "A B", "."},
            new String[] {"build", "--label", "x", "."},
            new String[] {"build", "--push", "."},
            new String[] {"build", "--no-spread", "--nodes=n1", "."},
            new String[] {"build", "-f", "-", "-"})) {
      assertEquals(2, berth.run(words).exitCode(), String.join(" ", words));
    }
    Berth.Result missing = berth.run("build", directory.resolve("none").toString());
    assertEquals(1, missing.exitCode());
    assertTrue(missing.err().contains("there is no such directory"), missing.err());
    Files.delete(context.resolve("Dockerfile"));
    Berth.Result none = berth.run("build", context.toString());
    assertTrue(none.err().contains("there is no such Dockerfile"), none.err());
    assertEquals("", sent());
  }
}
