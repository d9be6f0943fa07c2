package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Runtimes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Images of virtual machines on two hosts with a libvirtd each, and a registry that wants a login.
class MachineImagesIT {
  private static final Path CERTIFICATES = directory();

  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(Runtimes.LIBVIRT, Runtimes.LIBVIRT)
              .agents("--registry-certs=" + CERTIFICATES),
          "docker-registry",
          "openssl",
          "curl");

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static TestRegistry registry;

  private static Path directory() {
    try {
      return Files.createTempDirectory("berth-certs");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void start() throws IOException {
    registry = TestRegistry.start(CLUSTER.get().work(), CLUSTER.get().quay().address());
    Path own = Files.createDirectory(CERTIFICATES.resolve(registry.host()));
    Files.copy(registry.certificate(), own.resolve("ca.crt"));
    DemoGuest.bringTo(CLUSTER.get());
  }

  @AfterAll
  static void stop() throws IOException {
    if (registry != null) {
      registry.close();
    }
    try (Stream<Path> all = Files.walk(CERTIFICATES)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static Command berth(String... words) {
    Path config = CLUSTER.get().work().directory("docker-config");
    return CLUSTER
        .get()
        .cli()
        .command(words)
        .with(Map.of("DOCKER_CONFIG", config.toString()))
        .within(LIMIT);
  }

  private static CommandResult failed(String... words) {
    CommandResult result = berth(words).run();
    assertEquals(1, result.exitCode(), result.toString());
    return result;
  }

  @Test
  void aChangedMachineIsCommittedPushedPulledAndRunOnTheOtherHost() throws Exception {
    Cluster cluster = CLUSTER.get();
    Berthed one = cluster.hosts().getFirst();
    Berthed two = cluster.hosts().getLast();
    String name = registry.host() + "/disks/changed:1";
    DemoGuest origin = DemoGuest.run(cluster, "origin", "--require=node.name == " + one.name());
    var _ = origin.awaitReady();
    // The guest lives in its memory: the disk has room for this before its first partition.
    var _ =
        origin.type(
            "echo kept | dd of=/dev/vda bs=512 seek=2000 && sync && echo written | tr a-z A-Z",
            "WRITTEN");
    CommandResult running = failed("commit", "--pause=false", "origin", name);
    assertTrue(running.err().contains("only while it stands still"), running.toString());
    CommandResult text = failed("commit", "-a=ann", "origin", name);
    assertTrue(text.err().contains("not for a virtual machine"), text.toString());
    String id = berth("commit", "origin", name).output();
    assertTrue(id.matches("sha256:[0-9a-f]{64}\n"), id);
    assertFalse(berth("ps").output().contains("(paused)"));
    assertTrue(berth("images").output().contains("disks/changed"));
    assertNothingIsLeft(one);
    // It goes on: what it writes from now on is not in the image.
    var _ =
        origin.type(
            "echo later | dd of=/dev/vda bs=512 seek=2000 && sync && echo again | tr a-z A-Z",
            "AGAIN");

    push(one, name, id.strip());
    String pulled = berth("pull", "--kind=vm", "--node=" + two.name(), name).output();
    assertEquals(two.name() + ": " + name + " " + id, pulled);
    var _ =
        berth(
                "run",
                "-d",
                "--kind=vm",
                "--name=copy",
                "-m=256m",
                "--require=node.name == " + two.name(),
                name)
            .output();
    DemoGuest copy = new DemoGuest(cluster, "copy.1");
    assertEquals(two.name(), copy.awaitReady().getNode());
    var _ = copy.type("dd if=/dev/vda bs=512 skip=2000 count=1 | tr a-z A-Z", "KEPT");
    var _ = berth("rm", "-f", "origin", "copy").output();
  }

  private static void push(Berthed host, String name, String digest) {
    CommandResult anonymous = failed("push", name);
    assertTrue(anonymous.err().contains("wants a login"), anonymous.toString());
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
    String pushed = berth("push", name).output();
    assertTrue(pushed.startsWith(host.name() + ": " + name + " sha256:"), pushed);
    String manifest =
        registry
            .curl(
                "-H",
                "Accept: application/vnd.oci.image.manifest.v1+json",
                "https://" + registry.host() + "/v2/disks/changed/manifests/1")
            .output();
    assertTrue(manifest.contains("application/vnd.berth.vm.disk.v1"), manifest);
    assertTrue(manifest.contains(digest), manifest);
  }

  private static void assertNothingIsLeft(Berthed host) throws IOException {
    try (Stream<Path> all = Files.walk(host.agent().directory().resolve("machines"))) {
      assertEquals(
          0, all.filter(each -> String.valueOf(each.getFileName()).startsWith("commit-")).count());
    }
  }

  @Test
  void aDiskWithoutARegistryInItsNameIsNotPulled() {
    CommandResult refused = berth("pull", "--kind=vm", "debian-12").run();
    assertEquals(2, refused.exitCode(), refused.toString());
    assertTrue(refused.err().contains("with the registry's host"), refused.toString());
  }
}
