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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two hosts, the first one's Docker daemon with its data on a disk that is too small for an image.
/// What is mounted lies in the cluster's work directory, which takes it off.
class FullDiskIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(2)
              .docker("--insecure-registry=10.213.0.0/16", "--max-download-attempts=1"),
          "docker-registry",
          "openssl",
          "curl");

  private static final int LAYER_BYTES = 24 << 20;
  private static final int DISK_BYTES = 64 << 20;
  private static final int LEFT_BYTES = 12 << 20;
  private static TestRegistry registry;
  private static Path disk;
  private static String image;

  @BeforeAll
  static void start() throws IOException {
    registry = TestRegistry.start(CLUSTER.get().work(), CLUSTER.get().quay().address());
    Berthed small = small();
    small.docker().stopDaemon();
    disk = small.docker().socket().resolveSibling("r");
    var _ =
        Command.of("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "small", disk.toString())
            .output();
    small.docker().startDaemon();
    small.docker().importDemo();
    Eventually.until(
        "the node is back",
        () -> berth("images", "--node=" + small.name(), "berth/demo").run(),
        result -> result.exitCode() == 0 && result.out().contains("berth/demo"));
    image = registry.host() + "/team/large:1";
    login();
    pushLarge();
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  @AfterEach
  void empty() throws IOException {
    Files.deleteIfExists(filler());
    var _ = berth("rm", "-f", "large").run();
    var _ = berth("rmi", "-f", image).run();
  }

  private static Berthed small() {
    return CLUSTER.get().hosts().getFirst();
  }

  private static Berthed roomy() {
    return CLUSTER.get().hosts().getLast();
  }

  private static Command berth(String... words) {
    Path config = CLUSTER.get().work().directory("docker-config");
    return CLUSTER.get().cli().command(words).with(Map.of("DOCKER_CONFIG", config.toString()));
  }

  private static void login() {
    String authority = "--registry-ca-cert=" + registry.certificate();
    String user = TestRegistry.USER;
    var _ =
        berth("login", "-u", user, "--password-stdin", authority, registry.host())
            .reading(TestRegistry.PASSWORD)
            .output();
    var _ =
        berth("registry", "login", "-u", user, "--password-stdin", authority, registry.host())
            .reading(TestRegistry.PASSWORD)
            .output();
  }

  /// An image with a large layer beneath a small one that makes it run, in the registry alone.
  private static void pushLarge() throws IOException {
    Path directory = CLUSTER.get().work().directory("large");
    byte[] content = new byte[LAYER_BYTES];
    new Random(7).nextBytes(content);
    Files.write(directory.resolve("content"), content);
    Path file =
        Files.writeString(directory.resolve("Dockerfile"), "FROM berth/demo\nCOPY content /\n");
    String host = roomy().docker().dockerHost();
    var _ =
        Command.of(
                "docker",
                "-H",
                host,
                "build",
                "-q",
                "-t",
                image,
                "-f",
                file.toString(),
                directory.toString())
            .with(Map.of("DOCKER_BUILDKIT", "0"))
            .output();
    var _ = berth("push", image).output();
    var _ = berth("rmi", "-f", image).output();
  }

  private static Path filler() {
    return disk.resolve("filler");
  }

  /// Leaves less room than the image needs.
  private static void fill() throws IOException {
    Files.write(filler(), new byte[Math.toIntExact(free() - LEFT_BYTES)]);
  }

  private static long free() {
    try {
      return Files.getFileStore(disk).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertTold(String text) {
    for (String part :
        new String[] {
          "image " + image,
          "no space left on device",
          "the disk with docker's data on " + small().name() + " is full (" + disk + " has ",
          " of 64Mi free",
          "berth image prune -a --node=" + small().name()
        }) {
      assertTrue(text.contains(part), part + " is not in: " + text);
    }
  }

  @Test
  void aPullTellsWhichNodesDiskIsFullAndLeavesNothingThere() throws Exception {
    fill();
    long before = free();
    CommandResult pull = berth("pull", image).run();
    assertEquals(1, pull.exitCode(), pull.toString());
    assertTold(pull.err());
    assertTrue(pull.err().contains("berth: " + small().name() + ": "), pull.toString());
    // The other one has it.
    assertTrue(pull.out().startsWith(roomy().name() + ": " + image + " sha256:"), pull.toString());
    assertFalse(small().docker().docker("images").output().contains("team/large"));
    Eventually.until("what had come is gone", FullDiskIT::free, room -> room > before - (1 << 20));

    // The daemon works on, and with room it pulls.
    Files.delete(filler());
    String pulled = berth("pull", "--node=" + small().name(), image).output();
    assertTrue(pulled.startsWith(small().name() + ": " + image + " sha256:"), pulled);
  }

  @Test
  void aRunWhoseImageFindsNoRoomSaysSoAndBeginsOnceThereIsSome() throws Exception {
    fill();
    String here = "--require=node.name == " + small().name();
    Path work = CLUSTER.get().work().path();
    try (Daemon run =
        CLUSTER
            .get()
            .cli()
            .start(work, "run", "run", "--name=large", here, image, "ls", "-l", "/content")) {
      assertTold(Eventually.until("it says why", run::err, text -> text.contains("is full")));
      String listed = berth("ps", "-a", "-o", "wide", "--no-trunc", "large").output();
      assertTold(listed);
      String events = berth("events").output();
      assertEquals(1, events.lines().filter(line -> line.contains("Delayed")).count(), events);
      assertTold(events);
      Files.delete(filler());
      Eventually.until("it ran", run::out, text -> text.contains(" " + LAYER_BYTES + " "));
    }
  }
}
