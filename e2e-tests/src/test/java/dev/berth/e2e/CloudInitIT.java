package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Repository;
import dev.berth.e2e.harness.Runtimes;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.BootPhaseSource;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A real cloud-init, of Debian, reads the seeds that Berth writes. Minutes where machines are
/// emulated.
@Tag("slow")
class CloudInitIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(Runtimes.LIBVIRT), "debootstrap", "mke2fs", "ssh", "ssh-keygen");

  private static final Duration BUILD_LIMIT = Duration.ofMinutes(30);
  private static final Duration BOOT_LIMIT = Duration.ofMinutes(20);
  private static final Duration LOGIN_LIMIT = Duration.ofMinutes(3);
  private static final String IMAGE = "berth/debian-cloud";
  private static final String ALICE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAlice alice@example";

  /// The default user of Debian's cloud-init, and one that the user data make.
  private static final String USER_DATA =
      """
      #cloud-config
      users:
        - default
        - name: alice
          gecos: "Ali\u00e7e \\"quoted\\""
          groups: [sudo]
          ssh_authorized_keys: ["%s"]
      runcmd:
        - 'echo "SEEN name $(hostname)" >/dev/ttyS0'
        - 'echo "SEEN user $(id -Gn alice) $(getent passwd alice | cut -d: -f5)" >/dev/ttyS0'
        - 'echo "SEEN alice $(cat /home/alice/.ssh/authorized_keys)" >/dev/ttyS0'
        - 'echo "SEEN debian $(cat /home/debian/.ssh/authorized_keys)" >/dev/ttyS0'
        - 'echo "SEEN gigabytes $(($(findmnt -n -b -o SIZE /) / 1000000000))" >/dev/ttyS0'
        - 'echo "SEEN all" >/dev/ttyS0'
      """
          .formatted(ALICE);

  @BeforeAll
  static void importImage() {
    Path disk = CLUSTER.get().work().directory("image").resolve("cloud.qcow2");
    String build = Repository.root().resolve("deploy/images/build-cloud").toString();
    var _ = Command.of(build, disk.toString()).within(BUILD_LIMIT).output();
    CLUSTER.get().host().agent().importImage(IMAGE, disk);
  }

  @Test
  void theSeedGivesNameUsersKeysNetworkAndCommands() throws IOException {
    Cluster cluster = CLUSTER.get();
    Path key = cluster.work().directory("keys").resolve("key");
    var _ =
        Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).output();
    String publicKey = Files.readString(key.resolveSibling("key.pub")).strip();
    Path userData = cluster.work().file("user-data", USER_DATA);
    Path stack = cluster.work().file("seeds.yaml", stack(publicKey));

    var _ =
        cluster
            .cli()
            .output(
                "run",
                "-d",
                "--kind=vm",
                "--name=cloud",
                "-p",
                "2222:22",
                "-m",
                "512m",
                "--cpus=1",
                "--disk-size=4Gi",
                "--user-data=" + userData,
                "--ssh-key=" + key + ".pub",
                IMAGE);
    var _ = cluster.cli().output("apply", "-f", stack.toString());
    assertPhases(awaitStart(cluster, "cloud", Instant.EPOCH));
    assertPhases(awaitStart(cluster, "named", Instant.EPOCH));
    try (Daemon cloud = follow(cluster, "cloud");
        Daemon named = follow(cluster, "named")) {
      cloud.awaitLine("SEEN all", BOOT_LIMIT);
      named.awaitLine("SEEN all", BOOT_LIMIT);
      assertSeen(cloud, "SEEN name cloud-1");
      assertSeen(cloud, "SEEN user alice sudo Ali\u00e7e \"quoted\"");
      assertSeen(cloud, "SEEN alice " + ALICE);
      assertSeen(cloud, "SEEN debian " + publicKey);
      assertSeen(cloud, "SEEN gigabytes 4");
      assertSeen(named, "SEEN name ledger");
      assertSeen(named, "SEEN debian " + publicKey);
      List<String> network = seen(named, "SEEN network");
      assertEquals(1, network.size(), network.toString());
      assertTrue(network.getFirst().contains(" 10.0.2.77/24 "), network.toString());
    }
    assertTimeline(cluster.cli().output("boot", "cloud"));
    assertTimeline(cluster.cli().output("boot", "named"));
    assertEquals("cloud-1 debian", login(cluster, key));
    assertCommands(cluster.cli());
    cluster.cli().output("rm", "-f", "named");
    restart(cluster);
    assertEquals("cloud-1 debian", login(cluster, key));
  }

  /// Its guest agent runs them.
  private static void assertCommands(Cli cli) {
    CommandResult result =
        cli.command("exec", "-i", "cloud", "sh", "-c", "cat; hostname; echo oh >&2; exit 7")
            .reading("hi\n")
            .run();
    assertEquals(new CommandResult(7, "hi\ncloud-1\n", "oh\n"), result);
    String told =
        cli.output("exec", "-e", "A=b", "-w", "/tmp", "cloud", "sh", "-c", "echo $A $(pwd)");
    assertEquals("b /tmp\n", told);
    assertEquals(127, cli.run("exec", "cloud", "no-such-program").exitCode());
    assertEquals(126, cli.run("exec", "cloud", "/etc").exitCode());
    CommandResult terminal =
        cli.command("exec", "-i", "-u", "nobody", "cloud", "sh").reading("").run();
    assertEquals(125, terminal.exitCode(), terminal.toString());
    assertTrue(terminal.err().contains("use su in the command"), terminal.toString());
    assertEquals(
        500_000, cli.output("exec", "cloud", "head", "-c", "500000", "/dev/zero").length());
  }

  /// The machine is still the same instance: its commands are not run again.
  private static void restart(Cluster cluster) {
    Instant before = Instant.now();
    var _ = cluster.cli().command("restart", "-t", "300", "cloud").within(BOOT_LIMIT).output();
    var _ = awaitStart(cluster, "cloud", before);
    try (Daemon again = follow(cluster, "cloud")) {
      var _ =
          Eventually.within(
              BOOT_LIMIT,
              "cloud-init finishes once more",
              again::out,
              text -> text.lines().filter(CloudInitIT::tellsEnd).count() == 2);
      assertEquals(List.of("SEEN all"), seen(again, "SEEN all"));
    }
  }

  private static boolean tellsEnd(String line) {
    return line.contains("Cloud-init v. ") && line.contains(" finished at ");
  }

  /// A script instead of a document, a name and a network of its own.
  private static String stack(String publicKey) {
    return """
    stack: seeds
    workloads:
      named:
        resources: {cpu: 1, memory: 512Mi}
        vm:
          disk: {image: "berth/debian-cloud"}
          hostname: ledger
          cloudInit:
            userData: |
              #!/bin/sh
              echo "SEEN name $(hostname)" >/dev/ttyS0
              echo "SEEN network $(ip -o -4 address show up scope global | tr -s ' ')" >/dev/ttyS0
              echo "SEEN debian $(cat /home/debian/.ssh/authorized_keys)" >/dev/ttyS0
              echo "SEEN all" >/dev/ttyS0
            networkConfig: |
              version: 2
              ethernets:
                enp0s16: {addresses: [10.0.2.77/24]}
            sshAuthorizedKeys: ["%s"]
    """
        .formatted(publicKey);
  }

  private static Daemon follow(Cluster cluster, String workload) {
    return cluster.cli().start(cluster.work().directory("logs"), workload, "logs", "-f", workload);
  }

  private static List<String> seen(Daemon console, String prefix) {
    return console.out().lines().filter(line -> line.startsWith(prefix)).toList();
  }

  private static void assertSeen(Daemon console, String line) {
    assertTrue(console.out().lines().anyMatch(line::equals), line + "\n" + console);
  }

  /// The phases of a start after a time, when it has shown its login prompt.
  private static List<BootPhase> awaitStart(Cluster cluster, String workload, Instant after) {
    return Eventually.within(
        BOOT_LIMIT,
        workload + " shows a login prompt",
        () -> instance(cluster, workload).getStatus().getBootPhasesList(),
        phases ->
            !phases.isEmpty()
                && phases.getLast().getPhase() == BootPhaseKind.BOOT_PHASE_KIND_READY
                && phases.getLast().getTime().getSeconds() > after.getEpochSecond());
  }

  /// Every phase was seen, in order.
  private static void assertPhases(List<BootPhase> phases) {
    assertEquals(
        List.of(
            BootPhaseKind.BOOT_PHASE_KIND_PLACED,
            BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY,
            BootPhaseKind.BOOT_PHASE_KIND_CREATED,
            BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE,
            BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER,
            BootPhaseKind.BOOT_PHASE_KIND_KERNEL,
            BootPhaseKind.BOOT_PHASE_KIND_INIT,
            BootPhaseKind.BOOT_PHASE_KIND_CLOUD_INIT,
            BootPhaseKind.BOOT_PHASE_KIND_GUEST_AGENT,
            BootPhaseKind.BOOT_PHASE_KIND_READY),
        phases.stream().map(BootPhase::getPhase).toList());
    for (int i = 1; i < phases.size(); i++) {
      assertTrue(nanos(phases.get(i - 1)) <= nanos(phases.get(i)), phases.toString());
    }
    for (BootPhase phase : phases.subList(3, phases.size())) {
      assertFalse(phase.getInferred(), phase.toString());
      assertEquals(
          phase.getPhase() == BootPhaseKind.BOOT_PHASE_KIND_GUEST_AGENT
              ? BootPhaseSource.BOOT_PHASE_SOURCE_GUEST_AGENT
              : BootPhaseSource.BOOT_PHASE_SOURCE_SERIAL,
          phase.getSource());
    }
  }

  private static void assertTimeline(String timeline) {
    int at = 0;
    for (String name :
        List.of(
            "firmware", "boot loader", "kernel", "init", "cloud-init", "guest agent", "ready")) {
      at = timeline.indexOf(name, at);
      assertTrue(at >= 0, name + " in " + timeline);
    }
    System.out.println(timeline);
  }

  private static Instance instance(Cluster cluster, String workload) {
    return cluster
        .api()
        .instances()
        .getInstance(GetInstanceRequest.newBuilder().setInstance(workload + ".1").build());
  }

  private static long nanos(BootPhase phase) {
    return phase.getTime().getSeconds() * 1_000_000_000L + phase.getTime().getNanos();
  }

  /// Logs in with the key, through the published port.
  private static String login(Cluster cluster, Path key) {
    String address = cluster.host().link().address();
    return Eventually.within(
            LOGIN_LIMIT,
            "the key opens the machine",
            () ->
                Command.of(
                        "ssh",
                        "-F",
                        "none",
                        "-i",
                        key.toString(),
                        "-p",
                        "2222",
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "LogLevel=ERROR",
                        "debian@" + address,
                        "echo $(hostname) $(id -un)")
                    .output(),
            answer -> !answer.isBlank())
        .strip();
  }
}
