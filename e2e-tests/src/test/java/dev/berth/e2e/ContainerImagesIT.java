package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Images of containers on two hosts with a Docker daemon each, and a registry that wants a login.
class ContainerImagesIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          // One attempt: the daemon's own ones take more than a minute.
          ClusterPlan.of(2)
              .docker("--insecure-registry=10.213.0.0/16", "--max-download-attempts=1"),
          "docker-registry",
          "openssl",
          "curl");

  private static final int LAYER_BYTES = 8 << 20;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(CLUSTER.get().work(), CLUSTER.get().quay().address());
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  private static Path config(String name) {
    return CLUSTER.get().work().directory(name);
  }

  private static Command berth(Path config, String... words) {
    return CLUSTER.get().cli().command(words).with(Map.of("DOCKER_CONFIG", config.toString()));
  }

  private static void login(Path config, String host) {
    String out =
        berth(
                config,
                "login",
                "-u",
                TestRegistry.USER,
                "--password-stdin",
                "--registry-ca-cert=" + registry.certificate(),
                host)
            .reading(TestRegistry.PASSWORD + "\n")
            .output();
    assertEquals("Login Succeeded\n", out);
  }

  /// An image that is on one host alone, with a layer that is like no other.
  private static void make(Berthed host, String name) throws IOException {
    Path directory = CLUSTER.get().work().directory("image-" + name.replace(':', '-'));
    byte[] content = new byte[LAYER_BYTES];
    new Random(name.hashCode()).nextBytes(content);
    Files.write(directory.resolve("content"), content);
    var _ =
        Command.of(
                "sh",
                "-c",
                "tar -C %s -c . | docker -H %s import - %s"
                    .formatted(directory, host.docker().dockerHost(), name))
            .output();
  }

  private static String digest(String text) {
    return text.replaceFirst("(?s).*(sha256:[0-9a-f]{64}).*", "$1");
  }

  private static CommandResult failed(Command command) {
    CommandResult result = command.run();
    assertEquals(1, result.exitCode(), result.toString());
    return result;
  }

  @Test
  void anImageGoesFromOneHostToTheRegistryAndToTheOther() throws Exception {
    Berthed one = CLUSTER.get().hosts().getFirst();
    Berthed two = CLUSTER.get().hosts().getLast();
    Path config = config("docker-config");
    String name = registry.host() + "/team/shop:1";
    make(one, "shop:1");
    String listed = berth(config, "images", "shop").output();
    assertTrue(listed.contains(one.name()) && !listed.contains(two.name()), listed);

    assertEquals(one.name() + ": " + name + "\n", berth(config, "tag", "shop:1", name).output());
    CommandResult anonymous = failed(berth(config, "push", name));
    assertTrue(anonymous.err().contains("berth login"), anonymous.toString());
    CommandResult unknown =
        failed(
            berth(config, "login", "-u", TestRegistry.USER, "--password-stdin", registry.host())
                .reading(TestRegistry.PASSWORD));
    assertTrue(unknown.err().contains("--registry-ca-cert"), unknown.toString());
    login(config, registry.host());
    String pushed = berth(config, "push", name).output();
    assertTrue(pushed.startsWith(one.name() + ": " + name + " sha256:"), pushed);

    var _ = berth(config, "rmi", name, "shop:1").output();
    assertEquals(1, berth(config, "images", "shop").output().lines().count());
    CommandResult gone = failed(berth(config, "rmi", name));
    assertTrue(gone.err().contains("no node has this image"), gone.toString());
    String pulled = berth(config, "pull", "--node=" + two.name(), name).output();
    assertEquals(two.name() + ": " + name + " " + digest(pushed) + "\n", pulled);
    assertTrue(two.docker().docker("images").output().contains("team/shop"));
    assertFalse(one.docker().docker("images").output().contains("team/shop"));
    String digests = berth(config, "images", "--digests", name).output();
    assertTrue(digests.contains(digest(pushed)), digests);
    assertEquals(digest(pushed) + "\n", berth(config, "pull", "-q", name).output());
    var _ = berth(config, "logout", registry.host()).output();
    failed(berth(config, "pull", name));
  }

  @Test
  void aWrongPasswordAndAMissingImageAreToldApart() {
    Path config = config("other-config");
    CommandResult wrong =
        failed(
            berth(
                    config,
                    "login",
                    "-u",
                    TestRegistry.USER,
                    "--password-stdin",
                    "--registry-ca-cert=" + registry.certificate(),
                    registry.host())
                .reading("wrong"));
    assertTrue(wrong.err().contains("refuses this user with this password"), wrong.toString());
    assertFalse(Files.exists(config.resolve("config.json")));
    login(config, registry.host());
    CommandResult missing = failed(berth(config, "pull", registry.host() + "/team/none:1"));
    for (Berthed host : CLUSTER.get().hosts()) {
      assertTrue(missing.err().contains("berth: " + host.name() + ": image "), missing.toString());
    }
    assertTrue(missing.err().contains("see the name and the tag"), missing.toString());
  }

  @Test
  void aRegistryThatDiesInTheMiddleIsToldAndTheNextPullSucceeds() throws Exception {
    Berthed one = CLUSTER.get().hosts().getFirst();
    Berthed two = CLUSTER.get().hosts().getLast();
    Path config = config("dying-config");
    login(config, registry.host());
    String name = registry.host() + "/team/large:1";
    make(one, "large:1");
    var _ = berth(config, "tag", "large:1", name).output();
    String pushed = berth(config, "push", "--node=" + one.name(), name).output();
    try (DyingProxy proxy =
        new DyingProxy(CLUSTER.get().quay().address(), registry.port(), LAYER_BYTES / 2)) {
      login(config, proxy.host());
      String near = proxy.host() + "/team/large:1";
      CommandResult cut = failed(berth(config, "pull", "--node=" + two.name(), near));
      assertTrue(proxy.isDead());
      assertTrue(cut.err().contains("berth: " + two.name() + ": image " + near), cut.toString());
      assertTrue(cut.err().contains("registry"), cut.toString());
    }
    assertFalse(two.docker().docker("images").output().contains("large"));
    String pulled = berth(config, "pull", "--node=" + two.name(), name).output();
    assertEquals(digest(pushed), digest(pulled));
  }

  @Test
  void anImageForAnotherPlatformIsRefused() throws Exception {
    Berthed one = CLUSTER.get().hosts().getFirst();
    Path config = config("platform-config");
    login(config, registry.host());
    String name = registry.host() + "/team/foreign:arm64";
    make(one, "foreign:arm64");
    var _ = berth(config, "tag", "foreign:arm64", name).output();
    String digest = digest(berth(config, "push", name).output());
    String manifests = "https://" + registry.host() + "/v2/team/foreign/manifests/";
    String type = "application/vnd.docker.distribution.manifest";
    int size =
        registry.curl("-H", "Accept: " + type + ".v2+json", manifests + digest).output().length();
    String list =
        """
        {"schemaVersion": 2, "mediaType": "%1$s.list.v2+json", "manifests": [
         {"mediaType": "%1$s.v2+json", "size": %2$d, "digest": "%3$s",
          "platform": {"architecture": "arm64", "os": "linux"}}]}
        """
            .formatted(type, size, digest);
    var _ =
        registry
            .curl(
                "-X",
                "PUT",
                "-H",
                "Content-Type: " + type + ".list.v2+json",
                "--data-binary",
                list,
                manifests + "all")
            .output();
    CommandResult refused = failed(berth(config, "pull", registry.host() + "/team/foreign:all"));
    assertTrue(refused.err().contains("have it built for this platform"), refused.toString());
  }

  @Test
  void allReplicasOfARevisionRunWhatItsTagMeantWhenItWasApplied() throws Exception {
    Berthed one = CLUSTER.get().hosts().getFirst();
    Path config = config("pinned-config");
    login(config, registry.host());
    String name = registry.host() + "/team/demo:1";
    var _ = berth(config, "tag", "--node=" + one.name(), "berth/demo", name).output();
    String digest = digest(berth(config, "push", "--node=" + one.name(), name).output());
    // Agents have no login of their own here.
    var _ = berth(config, "pull", name).output();
    Path file =
        CLUSTER
            .get()
            .work()
            .file(
                "pinned.yaml",
                """
                stack: shop
                workloads:
                  pinned: {replicas: 2, container: {image: "%s"}, placement: {spread: [node.name]}}
                """
                    .formatted(name));
    String applied = berth(config, "apply", "-f", file.toString()).output();
    assertEquals("pinned created\n", applied);
    Eventually.until("both run", () -> CLUSTER.get().containers("pinned").size(), n -> n == 2);
    for (Berthed host : CLUSTER.get().hosts()) {
      String image =
          host.docker().docker("ps", "--no-trunc", "--format", "{{.Image}}").output().strip();
      assertTrue(image.contains(name + "@" + digest), image);
    }
    // The tag means something else from now on; what was applied stays until it is applied again.
    make(one, "moved:1");
    var _ = berth(config, "tag", "--node=" + one.name(), "moved:1", name).output();
    String moved = digest(berth(config, "push", "--node=" + one.name(), name).output());
    var _ = berth(config, "scale", "pinned=3").output();
    Eventually.until("three run", () -> CLUSTER.get().containers("pinned").size(), n -> n == 3);
    String shown = berth(config, "inspect", "pinned").output();
    assertTrue(shown.contains(digest) && !shown.contains(moved), shown);
    assertTrue(berth(config, "ps", "pinned").output().contains(" " + name + " "));
    var _ = berth(config, "rm", "-f", "pinned").output();
  }

  @Test
  void aChangedContainerIsCommittedPushedPulledAndRunOnTheOtherHost() {
    Berthed one = CLUSTER.get().hosts().getFirst();
    Berthed two = CLUSTER.get().hosts().getLast();
    Path config = config("commit-config");
    login(config, registry.host());
    String name = registry.host() + "/team/changed:1";
    var _ =
        berth(
                config,
                "run",
                "-d",
                "--name=changed",
                "--require=node.name == " + one.name(),
                "berth/demo",
                "sh",
                "-c",
                "echo kept >/kept && echo up && exec sleep 1000")
            .output();
    Eventually.until("it is up", () -> berth(config, "logs", "changed").output(), "up\n"::equals);
    String id =
        berth(config, "commit", "-a=ann", "-m=of May", "-c=ENV WHERE=image", "changed", name)
            .output();
    assertTrue(id.matches("sha256:[0-9a-f]{64}\n"), id);
    String made =
        one.docker()
            .docker("inspect", "--format={{.Id}} {{.Author}} {{.Comment}} {{.Config.Labels}}", name)
            .output();
    assertTrue(made.startsWith(id.strip() + " ann of May "), made);
    // Nobody takes for Berth's own what somebody else runs from it.
    assertTrue(made.contains("dev.berth.instance: "), made);
    assertTrue(one.docker().docker("ps", "-q", "--filter=status=paused").output().isEmpty());
    CommandResult refused = failed(berth(config, "commit", "-c=FROM x", "changed", name));
    assertTrue(refused.err().contains(one.name() + ": "), refused.toString());
    var _ = berth(config, "push", name).output();
    var _ = berth(config, "pull", "--node=" + two.name(), name).output();
    String said =
        berth(
                config,
                "run",
                "--rm",
                "--name=again",
                "--pull=never",
                "--require=node.name == " + two.name(),
                name,
                "sh",
                "-c",
                "cat /kept; echo $WHERE")
            .output();
    assertEquals("kept\nimage\n", said);
    var _ = berth(config, "rm", "-f", "changed").output();
  }

  @Test
  void ofAProcessNoImageIsMade() {
    Path config = config("process-config");
    var _ =
        berth(config, "run", "-d", "--kind=process", "--name=plain", "--", "sleep", "1000")
            .output();
    CommandResult refused = failed(berth(config, "commit", "plain", "plain:1"));
    assertTrue(refused.err().contains("of which no image can be made"), refused.toString());
    var _ = berth(config, "rm", "-f", "plain").output();
  }

  @Test
  void whatAContainerNeedsStaysAndIsNamed() {
    Path config = config("used-config");
    // An image with no other name: one that has several can lose this one.
    for (Berthed host : CLUSTER.get().hosts()) {
      String container = host.docker().docker("create", "berth/demo").output().strip();
      var _ =
          host.docker().docker("commit", "--change=LABEL used=1", container, "berth/used").output();
      var _ = host.docker().docker("rm", container).output();
    }
    var _ = berth(config, "run", "-d", "--name=user", "berth/used").output();
    Instance user =
        Eventually.until(
            "it runs",
            () ->
                CLUSTER
                    .get()
                    .api()
                    .instances()
                    .getInstance(GetInstanceRequest.newBuilder().setInstance("user.1").build()),
            instance -> instance.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING);
    String wide = berth(config, "images", "-o", "wide", "--filter=used=true").output();
    assertTrue(wide.contains("user.1") && wide.contains(user.getNode()), wide);
    CommandResult used = failed(berth(config, "rmi", "--node=" + user.getNode(), "berth/used"));
    assertTrue(used.err().contains("1 container needs it, berth-user.1"), used.toString());
    var _ = berth(config, "rm", "-f", "user").output();
  }
}
