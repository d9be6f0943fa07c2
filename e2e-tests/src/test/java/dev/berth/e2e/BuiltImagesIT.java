package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Images that are built, saved and loaded, on two hosts with a Docker daemon each, and a registry
/// that wants a login.
class BuiltImagesIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(2).docker("--insecure-registry=10.213.0.0/16"),
          "docker-registry",
          "openssl",
          "curl");

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int LARGE_BYTES = 24 << 20;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(CLUSTER.get().work(), CLUSTER.get().quay().address());
    var _ =
        berth(
                "login",
                "-u",
                TestRegistry.USER,
                "--password-stdin",
                "--registry-ca-cert=" + registry.certificate(),
                registry.host())
            .reading(TestRegistry.PASSWORD + "\n")
            .output();
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  private static Berthed one() {
    return CLUSTER.get().hosts().getFirst();
  }

  private static Berthed two() {
    return CLUSTER.get().hosts().getLast();
  }

  private static Command berth(String... words) {
    Path config = CLUSTER.get().work().directory("docker-config");
    return CLUSTER.get().cli().command(words).with(Map.of("DOCKER_CONFIG", config.toString()));
  }

  private static CommandResult failed(Command command) {
    CommandResult result = command.run();
    assertEquals(1, result.exitCode(), result.toString());
    return result;
  }

  private static Path context(String name, String dockerfile) throws IOException {
    Path directory = CLUSTER.get().work().directory("context-" + name);
    Files.writeString(directory.resolve("Dockerfile"), dockerfile);
    return directory;
  }

  private static String id(Berthed host, String image) {
    return host.docker().docker("inspect", "--format={{.Id}}", image).output().strip();
  }

  @Test
  void anImageIsBuiltOnOneHostAndAllHaveTheSame() throws Exception {
    Path context =
        context(
            "shop",
            """
            FROM berth/demo
            ARG VERSION=none
            COPY . /shop/
            RUN echo "$VERSION" >/shop/version
            LABEL kept=yes
            CMD ["sh", "-c", "ls /shop; cat /shop/version"]
            """);
    byte[] large = new byte[LARGE_BYTES];
    new Random(1).nextBytes(large);
    Files.write(context.resolve("large"), large);
    Files.writeString(context.resolve("ignored"), "x");
    Files.writeString(context.resolve(".dockerignore"), "ignored\nDockerfile\n.dockerignore\n");
    CommandResult built =
        berth(
                "build",
                "-t=shop:2",
                "--build-arg=VERSION=2.0",
                "--label=more=1",
                "--node=" + one().name(),
                context.toString())
            .run();
    String id = id(one(), "shop:2");
    assertEquals(0, built.exitCode(), built.toString());
    assertTrue(built.out().contains("Step 6/7 : CMD"), built.out());
    assertTrue(built.out().contains("Successfully tagged shop:2"), built.out());
    assertTrue(built.err().contains(two().name() + ": has " + id), built.err());
    assertEquals(id, id(two(), "shop:2"));
    String labels =
        two().docker().docker("inspect", "--format={{.Config.Labels}}", "shop:2").output();
    assertTrue(labels.contains("kept:yes") && labels.contains("more:1"), labels);
    String said =
        berth(
                "run",
                "--rm",
                "--name=shop",
                "--pull=never",
                "--require=node.name == " + two().name(),
                "shop:2")
            .output();
    assertEquals("large\nversion\n2.0\n", said);
    String history = berth("history", "--no-trunc", "shop:2").output();
    assertTrue(history.lines().skip(1).findFirst().orElse("").contains(id), history);
    assertTrue(history.contains("/shop/version"), history);
  }

  @Test
  void whatIsSavedFromOneHostIsLoadedOnTheOther() throws Exception {
    Path context = context("saved", "FROM berth/demo\nRUN echo saved >/saved\n");
    Path iid = CLUSTER.get().work().directory("iid").resolve("id");
    String id =
        berth(
                "build",
                "-q",
                "-t=saved:1",
                "--no-spread",
                "--node=" + one().name(),
                "--iidfile=" + iid,
                context.toString())
            .output()
            .strip();
    assertEquals(id, Files.readString(iid));
    assertFalse(two().docker().docker("images").output().contains("saved"));
    Path archive = iid.resolveSibling("saved.tar");
    var _ = berth("save", "-o", archive.toString(), "saved:1").output();
    String loaded = berth("load", "-i", archive.toString(), "--node=" + two().name()).output();
    assertEquals(two().name() + ": Loaded image: saved:1\n", loaded);
    assertEquals(id, id(two(), "saved:1"));
    // A second time it is there already.
    assertEquals(2, berth("load", "-qi", archive.toString()).output().lines().count());
    CommandResult none = failed(berth("save", "-o", archive.toString(), "none:1"));
    assertTrue(none.err().contains("no node has this image"), none.toString());
    Path broken = Files.writeString(iid.resolveSibling("broken.tar"), "no archive");
    CommandResult refused = failed(berth("load", "-i", broken.toString()));
    assertTrue(refused.err().contains(one().name() + ": the archive cannot"), refused.toString());
    assertTrue(refused.err().contains(two().name() + ": the archive cannot"), refused.toString());
  }

  @Test
  void aStageIsBuiltAloneAndEachTimeAnewWhenThatIsAskedFor() throws Exception {
    Path context =
        context(
            "stages",
            """
            FROM berth/demo AS first
            RUN echo first >/stage
            FROM first
            RUN echo second >/stage
            """);
    String[] words = {
      "build", "-t=stages:1", "--target=first", "--node=" + one().name(), context.toString()
    };
    var _ = berth(words).output();
    String first = id(one(), "stages:1");
    assertFalse(berth("history", "--no-trunc", "stages:1").output().contains("second"));
    String again = berth(words).output();
    assertTrue(again.contains("Using cache"), again);
    assertEquals(first, id(one(), "stages:1"));
    String anew =
        berth(
                "build",
                "-t=stages:1",
                "--target=first",
                "--no-cache",
                "--node=" + one().name(),
                context.toString())
            .output();
    assertFalse(anew.contains("Using cache"), anew);
    assertEquals(id(one(), "stages:1"), id(two(), "stages:1"));
  }

  @Test
  void aStepThatFailsIsToldAndLeavesNoContainer() throws Exception {
    Path context = context("failing", "FROM berth/demo\nRUN echo before && false\n");
    CommandResult result = failed(berth("build", "--node=" + one().name(), context.toString()));
    assertTrue(result.out().contains("before"), result.toString());
    assertTrue(result.err().contains("returned a non-zero code: 1"), result.toString());
    assertEquals("", builders());
    CommandResult nothing =
        failed(berth("build", "--node=" + one().name(), "-").reading("FROM none.invalid/x:1\n"));
    assertTrue(nothing.err().contains("none.invalid"), nothing.toString());
    assertTrue(nothing.err().contains("berth: " + one().name() + ": "), nothing.toString());
  }

  /// Containers of steps: Berth's own have a name of theirs.
  private static String builders() {
    return one().docker().docker("ps", "-aq", "--filter=label=builds=now").output();
  }

  @Test
  void whoeverLeavesEndsTheBuildOnTheNode() throws Exception {
    Path context =
        context("endless", "FROM berth/demo\nLABEL builds=now\nRUN echo begun && sleep 1000\n");
    try (Daemon build =
        CLUSTER
            .get()
            .cli()
            .start(
                CLUSTER.get().work().directory("endless-logs"),
                "build",
                "build",
                "--node=" + one().name(),
                context.toString())) {
      var _ = Eventually.until("the step runs", BuiltImagesIT::builders, text -> !text.isEmpty());
      build.signal("INT");
      assertTrue(build.awaitEnd(LIMIT) != 0);
    }
    Eventually.until("the step has ended", BuiltImagesIT::builders, String::isEmpty);
  }

  @Test
  void aPrivateBaseComesWithTheCallersLoginAndARegistryBringsTheImageToAll() throws Exception {
    String base = registry.host() + "/team/base:1";
    var _ = one().docker().docker("tag", "berth/demo", base).output();
    var _ = berth("push", "--node=" + one().name(), base).output();
    var _ = one().docker().docker("rmi", base).output();
    String name = registry.host() + "/team/built:1";
    Path context = context("private", "ARG BASE=" + base + "\nFROM ${BASE}\nRUN echo x >/x\n");
    // A daemon that may speak plain HTTP says what that gave, and not that it wants a login.
    var _ =
        failed(
            CLUSTER
                .get()
                .cli()
                .command("build", "--no-spread", "--node=" + two().name(), context.toString())
                .with(Map.of("DOCKER_CONFIG", "/nonexistent")));
    CommandResult built =
        berth("build", "--push", "-t", name, "--node=" + two().name(), context.toString()).run();
    assertEquals(0, built.exitCode(), built.toString());
    assertTrue(built.err().contains(two().name() + ": " + name + " pushed"), built.err());
    assertEquals(id(two(), name), id(one(), name));
    assertTrue(built.err().contains(one().name() + ": has " + id(one(), name)), built.err());
  }
}
