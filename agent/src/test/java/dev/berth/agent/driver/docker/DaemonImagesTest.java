package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Owner;
import dev.berth.v1.Image;
import dev.berth.v1.Kind;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DaemonImagesTest {
  private static final String ID = "ab".repeat(32);
  private FakeDocker docker;
  private DockerDriver driver;
  private ContainerImages images;

  @BeforeEach
  void open() throws IOException {
    docker = new FakeDocker();
    driver = new DockerDriver(docker.host(), new Owner("cluster-1", "node-1"));
    images = driver.images();
    docker.on("GET /version", _ -> FakeDocker.json(200, "{\"Arch\":\"amd64\"}"));
    docker.on("GET /images/shop:1/json", _ -> FakeDocker.json(200, seen()));
    docker.on(
        "GET /containers/json",
        _ ->
            FakeDocker.json(
                200,
                "[{\"Id\":\"a\",\"Names\":[\"/berth-web.2\"],\"ImageID\":\"sha256:"
                    + ID
                    + "\",\"Labels\":{\"dev.berth.instance\":\"i1\",\"dev.berth.cluster\":"
                    + "\"cluster-1\",\"dev.berth.node\":\"node-1\"}},"
                    + "{\"Id\":\"b\",\"Names\":[\"/other\"],\"ImageID\":\"sha256:"
                    + ID
                    + "\",\"Labels\":null}]"));
  }

  @AfterEach
  void close() throws IOException {
    driver.close();
    docker.close();
  }

  private static String seen() {
    return "{\"Id\":\"sha256:"
        + ID
        + "\",\"RepoTags\":[\"shop:1\"],\"RepoDigests\":[\"h:5/shop@sha256:cd\"],"
        + "\"Created\":\"2026-01-02T03:04:05Z\",\"Size\":7,\"Os\":\"linux\","
        + "\"Architecture\":\"arm64\"}";
  }

  private interface Ask {
    void run() throws DriverException;
  }

  private static Failure failure(Ask ask) {
    return assertThrows(DriverException.class, ask::run).failure();
  }

  @Test
  void listsNamedImagesFirstAndKnowsWhatUsesThem() throws DriverException {
    docker.on(
        "GET /images/json",
        _ ->
            FakeDocker.json(
                200,
                "[{\"Id\":\"sha256:00\",\"RepoTags\":[\"<none>:<none>\"],\"RepoDigests\":"
                    + "[\"<none>@<none>\"],\"Size\":1,\"Created\":5},{\"Id\":\"sha256:"
                    + ID
                    + "\",\"RepoTags\":[\"shop:1\",\"a:2\"],\"RepoDigests\":null,\"Size\":7,"
                    + "\"Created\":9},{\"Id\":\"sha256:11\",\"RepoTags\":null}]"));
    List<Image> listed = images.list();
    assertEquals(List.of("a:2", "shop:1"), listed.getFirst().getNamesList());
    assertEquals(List.of("i1"), listed.getFirst().getUsedByList());
    assertEquals(Kind.KIND_CONTAINER, listed.getFirst().getKind());
    assertEquals(9, listed.getFirst().getContainer().getCreateTime().getSeconds());
    assertEquals(List.of(), listed.get(1).getNamesList());
    assertEquals(List.of(), listed.get(1).getContainer().getDigestsList());
    for (String broken : List.of("[null]", "[{}]", "{", "<html>")) {
      docker.on("GET /images/json", _ -> FakeDocker.json(200, broken));
      assertInstanceOf(Failure.Retryable.class, failure(images::list), broken);
    }
  }

  @Test
  void saysThatAnImageIsForAnotherPlatform() throws DriverException {
    Image seen = images.inspect("shop:1");
    assertEquals("linux/arm64", seen.getContainer().getPlatform());
    assertEquals(
        "it is built for linux/arm64, and this node is linux/amd64",
        seen.getContainer().getPlatformProblem());
    assertEquals(List.of("h:5/shop@sha256:cd"), seen.getContainer().getDigestsList());
    assertEquals(ContainerImages.MISSING, failure(() -> images.inspect("nobody")).reason());
  }

  @Test
  void sendsTheLoginToTheDaemonAndNoneOfItIntoAMessage() {
    RegistryLogin login =
        RegistryLogin.newBuilder()
            .setServer("h:5")
            .setUsername("ann")
            .setPassword("s3cret")
            .build();
    docker.on(
        "POST /images/create",
        _ -> FakeDocker.json(500, "{\"message\":\"unauthorized: authentication required\"}"));
    Failure failure = failure(() -> images.pull("h:5/shop:1", Optional.of(login), _ -> {}));
    assertEquals(ContainerImages.LOGIN_REFUSED, failure.reason());
    assertFalse(failure.message().contains("s3cret"), failure.message());
    String sent = docker.requests("POST /images/create").getFirst().head();
    String auth = sent.replaceAll("(?is).*x-registry-auth: ([A-Za-z0-9_=-]+).*", "$1");
    String json = new String(Base64.getUrlDecoder().decode(auth), StandardCharsets.UTF_8);
    assertTrue(json.contains("\"password\":\"s3cret\""), json);
  }

  @Test
  void saysWhatToDoForEachTroubleWithARegistry() {
    for (String[] each :
        new String[][] {
          {"manifest for h:5/shop:1 not found: manifest unknown", "see the name", "ImageMissing"},
          {"no basic auth credentials", "berth login", "RegistryLoginRefused"},
          {"denied: requested access", "berth login", "RegistryLoginRefused"},
          {"no matching manifest for linux/amd64 in the manifest list", "platform", "ImageMissing"},
          {"x509: certificate signed by unknown authority", "certs.d", "ImageTransferFailed"},
          {"dial tcp 1.2.3.4:5: connect: connection refused", "reaches", "ImageTransferFailed"},
          {"unexpected EOF", "went away in the middle", "ImageTransferFailed"},
          {"write /x: no space left on device", "make room", "ImageTransferFailed"},
          {"who knows", "who knows", "ImageTransferFailed"}
        }) {
      String line = "{\"errorDetail\":{\"message\":\"" + each[0] + "\"}}";
      docker.on(
          "POST /images/create", _ -> FakeDocker.chunks(line.getBytes(StandardCharsets.UTF_8)));
      Failure failure = failure(() -> images.pull("h:5/shop:1", Optional.empty(), _ -> {}));
      assertEquals(each[2], failure.reason(), each[0]);
      assertTrue(failure.message().contains(each[1]), failure.message());
    }
  }

  @Test
  void saysWhichDiskIsFullAndHowMuchIsFree(@TempDir Path root) {
    docker.on(
        "POST /images/create",
        _ ->
            FakeDocker.chunks(
                "{\"errorDetail\":{\"message\":\"write /x: no space left on device\"}}"
                    .getBytes(StandardCharsets.UTF_8)));
    String unknown = failure(() -> images.pull("h:5/shop:1", Optional.empty(), _ -> {})).message();
    assertTrue(
        unknown.endsWith(
            "no space left on device; the disk with docker's data on node-1 is full; make room"
                + " there, with berth image prune -a --node=node-1 for instance"),
        unknown);
    docker.on("GET /info", _ -> FakeDocker.json(200, "{\"DockerRootDir\":\"" + root + "\"}"));
    String known = failure(() -> images.pull("h:5/shop:1", Optional.empty(), _ -> {})).message();
    assertTrue(known.contains(" on node-1 is full (" + root + " has "), known);
    assertTrue(known.contains(" free, without what had come of it); make room"), known);
  }

  @Test
  void namesTheContainersThatNeedAnImage() {
    docker.on(
        "DELETE /images/shop:1",
        _ -> FakeDocker.refusal(409, "conflict: unable to remove (must force)"));
    Failure failure = failure(() -> images.remove("shop:1", false));
    assertEquals(ContainerImages.IN_USE, failure.reason());
    assertTrue(
        failure.message().contains("2 containers need it, berth-web.2 among them"),
        failure.message());
    assertTrue(docker.requests("DELETE").getFirst().target().contains("shop:1"));
  }

  @Test
  void asksTheRegistryWhichDigestANameMeansUnlessTheImageIsOfThisNodeAlone()
      throws DriverException {
    String digest = "sha256:" + "12".repeat(32);
    docker.on(
        "GET /distribution/h:5/shop:1/json",
        _ -> FakeDocker.json(200, "{\"Descriptor\":{\"digest\":\"" + digest + "\"}}"));
    Image resolved = images.resolve("h:5/shop:1", Optional.empty());
    assertEquals(List.of("h:5/shop@" + digest), resolved.getContainer().getDigestsList());
    docker.on(
        "GET /distribution/shop:1/json", _ -> FakeDocker.refusal(401, "unauthorized: log in"));
    assertEquals(
        ContainerImages.LOGIN_REFUSED,
        failure(() -> images.resolve("shop:1", Optional.empty())).reason());
    docker.on("GET /distribution/shop:1/json", _ -> FakeDocker.json(200, "{}"));
    assertEquals("BadAnswer", failure(() -> images.resolve("shop:1", Optional.empty())).reason());
    docker.on(
        "GET /images/local:1/json",
        _ -> FakeDocker.json(200, "{\"Id\":\"sha256:" + ID + "\",\"RepoDigests\":[]}"));
    assertEquals(0, images.resolve("local:1", Optional.empty()).getContainer().getDigestsCount());
  }

  @Test
  void prunesWithDockersOwnFilters() throws DriverException {
    docker.on(
        "POST /images/prune",
        _ ->
            FakeDocker.json(
                200,
                "{\"ImagesDeleted\":[{\"Untagged\":\"a:1\"},{\"Deleted\":\"sha256:"
                    + ID
                    + "\"}],\"SpaceReclaimed\":9}"));
    var removal = images.prune(true, Duration.ofHours(2));
    assertEquals(List.of("a:1"), removal.getUntaggedList());
    assertEquals(List.of(ID), removal.getDeletedList());
    assertEquals(9, removal.getReclaimedBytes());
    String target = docker.requests("POST /images/prune").getFirst().target();
    assertTrue(target.contains("%22dangling%22%3A%5B%22false%22%5D"), target);
    assertTrue(target.contains("%22until%22%3A%5B%227200s%22%5D"), target);
    docker.on("POST /images/prune", _ -> FakeDocker.json(200, "{\"ImagesDeleted\":null}"));
    assertEquals(0, images.prune(false, Duration.ZERO).getDeletedCount());
    docker.on("POST /images/prune", _ -> FakeDocker.refusal(409, "a prune is already running"));
    assertTrue(failure(() -> images.prune(false, Duration.ZERO)).message().contains("already"));
  }
}
