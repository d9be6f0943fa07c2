package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Http;
import dev.berth.e2e.harness.Runtimes;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A virtual machine as a user runs it, with real QEMU.
class VirtualMachineIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(Runtimes.LIBVIRT));

  private static final Duration SEEN_LIMIT = Duration.ofMinutes(1);

  @BeforeAll
  static void importDemoGuest() {
    DemoGuest.bringTo(CLUSTER.get());
  }

  @Test
  void bootsInSightServesOnItsPortAndIsShutDownStartedAndRemoved() {
    Cluster cluster = CLUSTER.get();
    DemoGuest guest = DemoGuest.run(cluster, "guest", "-p", "8080:80");
    Instance ready = guest.awaitReady();
    List<BootPhase> phases = ready.getStatus().getBootPhasesList();
    assertEquals(
        List.of(
            BootPhaseKind.BOOT_PHASE_KIND_PLACED,
            BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY,
            BootPhaseKind.BOOT_PHASE_KIND_CREATED,
            BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE,
            BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER,
            BootPhaseKind.BOOT_PHASE_KIND_KERNEL,
            BootPhaseKind.BOOT_PHASE_KIND_INIT,
            BootPhaseKind.BOOT_PHASE_KIND_READY),
        phases.stream().map(BootPhase::getPhase).toList());
    assertInOrder(phases);
    String timeline = cluster.cli().output("boot", "guest");
    for (String phase : List.of("firmware", "boot loader", "kernel", "init", "ready")) {
      assertTrue(timeline.contains(phase), timeline);
    }
    Berthed host = cluster.host();
    var _ =
        Eventually.within(
            DemoGuest.BOOT_LIMIT,
            "the guest's web server answers",
            () -> Http.get("http://" + host.link().address() + ":8080/"),
            body -> !body.isEmpty());
    assertTrue(cluster.cli().output("logs", "guest").contains("SeaBIOS"));
    assertMeasured(host);
    String shown = guest.type("uname -a", "GNU/Linux");
    assertTrue(shown.contains("Linux guest-1 "), shown);
    stopStartRemove(guest, host);
  }

  /// The guest's balloon driver tells about its memory some seconds after it was loaded.
  private static void assertMeasured(Berthed host) {
    for (String metric :
        List.of(
            "guest_memory_bytes", "memory_bytes", "disk_read_bytes_total", "cpu_seconds_total")) {
      Pattern measured =
          Pattern.compile("berth_instance_" + metric + "\\{[^}]*slot=\"guest.1\"[^}]*} [1-9]");
      var _ =
          Eventually.within(
              SEEN_LIMIT,
              metric + " of the guest is measured",
              () -> Http.get("http://" + host.agent().metrics() + "/metrics"),
              page -> measured.matcher(page).find());
    }
  }

  private static void assertInOrder(List<BootPhase> phases) {
    for (int i = 1; i < phases.size(); i++) {
      assertTrue(
          DemoGuest.nanos(phases.get(i - 1)) <= DemoGuest.nanos(phases.get(i)), phases.toString());
    }
  }

  private static void stopStartRemove(DemoGuest guest, Berthed host) {
    Cluster cluster = guest.cluster();
    String id = guest.now().getId();
    // It lives in its memory: the disk has room for this between its table and its first partition.
    var _ =
        guest.type(
            "echo kept | dd of=/dev/vda bs=512 seek=2000 && sync && echo written | tr a-z A-Z",
            "WRITTEN");
    // It is stopped as it stands: it goes on first, to hear of it.
    var _ = cluster.cli().output("pause", "guest");
    assertTrue(cluster.cli().output("ps").contains("(paused)"));
    var _ = cluster.cli().output("stop", "guest");
    assertTrue(
        cluster.cli().output("logs", "guest").contains("reboot: Power down"),
        "the guest itself went down");
    assertEquals(InstanceState.INSTANCE_STATE_STOPPED, guest.now().getStatus().getState());
    var _ = cluster.cli().output("start", "guest");
    Instance again = guest.awaitReady();
    assertEquals(id, again.getId());
    assertInOrder(again.getStatus().getBootPhasesList());
    var _ = guest.type("dd if=/dev/vda bs=512 skip=2000 count=1 | tr a-z A-Z", "KEPT");
    var _ = cluster.cli().output("rm", "-f", "guest");
    var _ = Eventually.until("no machine is left", () -> host.libvirt().domains(), List::isEmpty);
  }

  @Test
  void getsLessMemoryAtOnceAndMoreByARestartWithItsDisk() {
    Cluster cluster = CLUSTER.get();
    DemoGuest guest = DemoGuest.run(cluster, "sized", "--cpus=1");
    Instance before = guest.awaitReady();
    assertEquals("sized\n", cluster.cli().output("update", "-m", "128m", "sized"));
    Instance smaller = guest.now();
    assertEquals(before.getId(), smaller.getId());
    assertEquals(before.getStatus().getStartTime(), smaller.getStatus().getStartTime());
    // The guest gives its pages back in its own time.
    var _ =
        guest.type(
            "until test $(awk '/MemTotal/{print $2}' /proc/meminfo) -lt 140000; do sleep 1; done;"
                + " echo kept | dd of=/dev/vda bs=512 seek=2000 && sync; echo less | tr a-z A-Z",
            "LESS");
    assertEquals("sized\n", cluster.cli().output("update", "-m", "320m", "--cpus=2", "sized"));
    Instance larger = guest.awaitReady();
    assertEquals(before.getId(), larger.getId());
    assertFalse(
        before.getStatus().getStartTime().equals(larger.getStatus().getStartTime()), "it rebooted");
    var _ =
        guest.type(
            "test $(awk '/MemTotal/{print $2}' /proc/meminfo) -gt 280000"
                + " && grep -c ^processor /proc/cpuinfo | tr 2 T"
                + " && dd if=/dev/vda bs=512 skip=2000 count=1 | tr a-z A-Z",
            "KEPT");
    var _ = cluster.cli().output("rm", "-f", "sized");
  }

  @Test
  void bootsByUefiFromTheSameDisk() {
    Cluster cluster = CLUSTER.get();
    DemoGuest guest = DemoGuest.run(cluster, "modern", "--firmware=uefi", "--tpm");
    List<BootPhase> phases = guest.awaitReady().getStatus().getBootPhasesList();
    assertInOrder(phases);
    for (BootPhaseKind kind :
        List.of(
            BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE,
            BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER,
            BootPhaseKind.BOOT_PHASE_KIND_KERNEL,
            BootPhaseKind.BOOT_PHASE_KIND_INIT)) {
      BootPhase phase =
          phases.stream().filter(each -> each.getPhase() == kind).findFirst().orElseThrow();
      assertFalse(phase.getInferred(), phase.toString());
    }
    assertTrue(phases.toString().contains("BdsDxe"), phases.toString());
    String timeline = cluster.cli().output("boot", "modern");
    assertTrue(timeline.contains("firmware"), timeline);
    var _ =
        guest.type(
            "test -d /sys/firmware/efi && test -s /sys/firmware/acpi/tables/TPM2"
                + " && echo by uefi with a tpm | tr a-z A-Z",
            "BY UEFI WITH A TPM");
    cluster.cli().output("rm", "-f", "modern");
  }

  @Test
  void secureBootStartsNothingThatIsNotSigned() {
    Cluster cluster = CLUSTER.get();
    var _ = DemoGuest.run(cluster, "guarded", "--firmware=uefi", "--secure-boot");
    var _ =
        Eventually.within(
            DemoGuest.BOOT_LIMIT,
            "the firmware refuses the disk's boot loader",
            () -> cluster.cli().output("logs", "guarded"),
            console -> console.contains("Access Denied"));
    // Nothing runs in it that would hear of the power button.
    cluster.cli().output("stop", "-t", "0", "guarded");
    cluster.cli().output("rm", "guarded");
  }

  @Test
  void goesBackToASnapshotAsTheSameInstanceAlsoAfterItsAgentWasKilled() {
    Cluster cluster = CLUSTER.get();
    Berthed host = cluster.host();
    DemoGuest guest = DemoGuest.run(cluster, "saved");
    Instance before = guest.awaitReady();
    var _ = guest.type("touch /kept && echo made it | tr a-z A-Z", "MADE IT");
    assertEquals("before\n", cluster.cli().output("vm", "snapshot", "create", "saved", "before"));
    var _ = guest.type("rm /kept && echo lost it | tr a-z A-Z", "LOST IT");

    host.agent().kill();
    host.agent().restart();
    String listed =
        Eventually.within(
            SEEN_LIMIT,
            "its snapshots are listed again",
            () -> cluster.cli().run("vm", "snapshot", "ls", "saved").out(),
            text -> text.contains("before"));
    assertTrue(listed.contains("memory and disks"), listed);
    assertEquals("before\n", cluster.cli().output("vm", "snapshot", "revert", "saved.1", "before"));
    var _ = guest.type("test -e /kept && echo it is back | tr a-z A-Z", "IT IS BACK");
    Instance after = guest.now();
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, after.getStatus().getState());
    assertEquals(before.getId(), after.getId());
    assertEquals(0, after.getStatus().getRestarts());
    assertEquals(before.getStatus().getStartTime(), after.getStatus().getStartTime());
    cluster.cli().output("rm", "-f", "saved");
    var _ = Eventually.until("no machine is left", () -> host.libvirt().domains(), List::isEmpty);
  }

  @Test
  void aKilledAgentFindsItsMachineAgainAndSeesTheEndOfOneThatIsKilled() {
    Cluster cluster = CLUSTER.get();
    Berthed host = cluster.host();
    DemoGuest guest = DemoGuest.run(cluster, "kept");
    Instance before = guest.awaitReady();
    long process = host.libvirt().process(host.libvirt().running().getFirst());

    host.agent().kill();
    host.agent().restart();
    Instance after =
        Eventually.within(
            SEEN_LIMIT,
            "the machine is reported again",
            guest::now,
            now -> now.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING);
    assertEquals(before.getId(), after.getId());
    assertEquals(0, after.getStatus().getRestarts());
    assertEquals(before.getStatus().getBootPhasesList(), after.getStatus().getBootPhasesList());
    assertEquals(process, host.libvirt().process(host.libvirt().running().getFirst()));
    var _ = guest.type("hostname | tr a-z A-Z", "KEPT-1");

    Command.of("kill", "-KILL", Long.toString(process)).output();
    var _ =
        Eventually.within(
            SEEN_LIMIT,
            "it was started again",
            guest::now,
            now -> now.getStatus().getRestarts() == 1);
    var _ = guest.awaitReady();
    cluster.cli().output("rm", "-f", "kept");
  }
}
