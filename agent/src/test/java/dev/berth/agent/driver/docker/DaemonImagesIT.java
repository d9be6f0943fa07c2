package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.v1.Image;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Images of a real daemon, and a real registry that wants a login.
@Timeout(180)
class DaemonImagesIT {
  /// An address that is not of the loopback, so that certificates count.
  private static final String OUTSIDE = "10.99.0.1";

  @RegisterExtension static final DockerRig RIG = new DockerRig();

  private static @Nullable PrivateRegistry registry;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    boolean installed =
        Stream.of("/usr/bin", "/usr/local/bin")
            .anyMatch(place -> Files.isExecutable(Path.of(place, PrivateRegistry.PROGRAM)));
    if (!installed) {
      System.err.println("SKIPPED: " + PrivateRegistry.PROGRAM + " is not installed");
    }
    assumeTrue(installed, () -> "skipped: " + PrivateRegistry.PROGRAM + " is not installed");
    registry = PrivateRegistry.start(RIG.docker(), "127.0.0.1", 5000, false);
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  private ContainerImages images() {
    return RIG.driver().images();
  }

  private static Optional<RegistryLogin> login(String password) {
    return Optional.of(
        RegistryLogin.newBuilder()
            .setServer("127.0.0.1:5000")
            .setUsername(PrivateRegistry.USER)
            .setPassword(password)
            .build());
  }

  private static Optional<RegistryLogin> login() {
    return login(PrivateRegistry.PASSWORD);
  }

  private interface Ask {
    void run() throws DriverException;
  }

  private static Failure failure(Ask ask) {
    return assertThrows(DriverException.class, ask::run).failure();
  }

  private boolean has(String name) throws DriverException {
    return images().list().stream().anyMatch(image -> image.getNamesList().contains(name));
  }

  @Test
  void goesToTheRegistryAndComesBackAsTheSameBits() throws Exception {
    String name = "127.0.0.1:5000/team/shop:1";
    Image tagged = images().tag(PrivateDocker.IMAGE, name);
    assertTrue(
        tagged.getNamesList().containsAll(List.of(PrivateDocker.IMAGE + ":latest", name)),
        tagged.toString());
    assertEquals(
        ContainerImages.LOGIN_REFUSED,
        failure(() -> images().push(name, Optional.empty(), _ -> {})).reason());
    Image pushed = images().push(name, login(), _ -> {});
    String digest = "127.0.0.1:5000/team/shop@" + digest(pushed, "127.0.0.1:5000/team/shop");
    assertEquals(List.of(digest), images().resolve(name, login()).getContainer().getDigestsList());
    Image removed = images().remove(name, false);
    assertEquals(pushed.getSha256(), removed.getSha256());
    assertFalse(has(name));
    Failure wrong = failure(() -> images().pull(name, login("wrong"), _ -> {}));
    assertEquals(ContainerImages.LOGIN_REFUSED, wrong.reason());
    assertTrue(wrong.message().contains("berth login"), wrong.message());
    assertFalse(wrong.message().contains("wrong"), wrong.message());
    Failure none = failure(() -> images().pull("127.0.0.1:5000/team/shop:2", login(), _ -> {}));
    assertEquals(ContainerImages.MISSING, none.reason());
    assertEquals(List.of(digest), images().resolve(name, login()).getContainer().getDigestsList());
    assertEquals(
        ContainerImages.LOGIN_REFUSED,
        failure(() -> images().resolve(name, login("wrong"))).reason());
    Image pulled = images().pull(name, login(), _ -> {});
    assertEquals(pushed.getSha256(), pulled.getSha256());
    assertTrue(pulled.getContainer().getDigestsList().contains(digest), pulled.toString());
    assertEquals("", pulled.getContainer().getPlatformProblem());
    assertEquals(pushed.getSha256(), images().pull(digest, login(), _ -> {}).getSha256());
  }

  @Test
  void refusesAnImageThatTheRegistryHasForOtherPlatformsOnly() throws Exception {
    String foreign = "127.0.0.1:5000/team/foreign:arm64";
    var _ = images().tag(PrivateDocker.IMAGE, foreign);
    Image pushed = images().push(foreign, login(), _ -> {});
    String digest = digest(pushed, "127.0.0.1:5000/team/foreign");
    String list =
        "{\"schemaVersion\":2,\"mediaType\":"
            + "\"application/vnd.docker.distribution.manifest.list.v2+json\",\"manifests\":[{"
            + "\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+json\",\"size\":"
            + manifestSize(digest)
            + ",\"digest\":\""
            + digest
            + "\",\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\"}}]}";
    put("team/foreign", "all", list);
    Failure failure =
        failure(() -> images().pull("127.0.0.1:5000/team/foreign:all", login(), _ -> {}));
    assertEquals(ContainerImages.MISSING, failure.reason());
    assertTrue(failure.message().contains("built for this platform"), failure.message());
  }

  private static String digest(Image image, String repository) {
    return image.getContainer().getDigestsList().stream()
        .filter(each -> each.startsWith(repository + "@"))
        .map(each -> each.replaceFirst(".*@", ""))
        .findFirst()
        .orElseThrow();
  }

  private static String manifestSize(String digest) throws IOException, InterruptedException {
    String head =
        RIG.docker()
            .inNetwork(
                "curl",
                "-s",
                "-I",
                "-u",
                PrivateRegistry.USER + ":" + PrivateRegistry.PASSWORD,
                "-H",
                "Accept: application/vnd.docker.distribution.manifest.v2+json",
                "http://127.0.0.1:5000/v2/team/foreign/manifests/" + digest);
    return head.replaceFirst("(?is).*content-length: ([0-9]+).*", "$1");
  }

  private static void put(String repository, String tag, String manifest)
      throws IOException, InterruptedException {
    var _ =
        RIG.docker()
            .inNetwork(
                "curl",
                "-sf",
                "-X",
                "PUT",
                "-u",
                PrivateRegistry.USER + ":" + PrivateRegistry.PASSWORD,
                "-H",
                "Content-Type: application/vnd.docker.distribution.manifest.list.v2+json",
                "-d",
                manifest,
                "http://127.0.0.1:5000/v2/" + repository + "/manifests/" + tag);
  }

  @Test
  void doesNotBelieveACertificateOfAnUnknownAuthorityAndSaysWhoIsNotThere() throws Exception {
    var _ = RIG.docker().inNetwork("ip", "addr", "add", OUTSIDE + "/32", "dev", "lo");
    String name = OUTSIDE + ":5443/team/shop:1";
    try (PrivateRegistry _ = PrivateRegistry.start(RIG.docker(), OUTSIDE, 5443, true)) {
      Failure failure = failure(() -> images().pull(name, Optional.empty(), _ -> {}));
      assertInstanceOf(Failure.Retryable.class, failure);
      assertTrue(failure.message().contains("/etc/docker/certs.d/"), failure.message());
    }
    Failure gone = failure(() -> images().pull(name, Optional.empty(), _ -> {}));
    assertTrue(gone.message().contains("see whether the registry runs"), gone.message());
  }

  @Test
  void removesWhatNothingUsesAndSaysWhatUsesTheRest() throws Exception {
    String name = "berth/used:1";
    String other = "berth/unused:1";
    importNew(name, "used");
    importNew(other, "unused");
    String container =
        RIG.docker()
            .inNetwork(
                "docker", "-H", RIG.docker().host().toString(), "create", "--name=user", name, "/x")
            .strip();
    try {
      Failure failure = failure(() -> images().remove(name, false));
      assertEquals(ContainerImages.IN_USE, failure.reason());
      assertTrue(failure.message().contains("1 container needs it, user"), failure.message());
      var _ = images().tag(PrivateDocker.IMAGE, "berth/again:1");
      String id = images().inspect(PrivateDocker.IMAGE).getSha256();
      Failure several = failure(() -> images().remove(id, false));
      assertEquals(ContainerImages.IN_USE, several.reason());
      var _ = images().remove("berth/again:1", false);
      ImageRemoval removal = images().prune(true, Duration.ofHours(1));
      assertFalse(removal.getUntaggedList().contains(other), removal.toString());
      removal = images().prune(true, Duration.ZERO);
      assertTrue(removal.getUntaggedList().contains(other), removal.toString());
      assertTrue(has(name));
      assertFalse(has(other));
    } finally {
      var _ =
          RIG.docker().inNetwork("docker", "-H", RIG.docker().host().toString(), "rm", container);
      RIG.docker().importImage();
    }
    assertEquals(name, images().remove(name, false).getNames(0));
    assertEquals(ContainerImages.MISSING, failure(() -> images().remove(name, false)).reason());
  }

  private static void importNew(String name, String content)
      throws IOException, InterruptedException {
    Path directory = Files.createDirectories(RIG.docker().directory().resolve(content));
    Files.writeString(directory.resolve("x"), content);
    var _ =
        RIG.docker()
            .inNetwork(
                "sh",
                "-c",
                "tar -C %s -c . | docker -H %s import - %s"
                    .formatted(directory, RIG.docker().host(), name));
  }
}
