package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Http;
import dev.berth.e2e.harness.Repository;
import dev.berth.e2e.harness.Runtimes;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A virtual machine as a user runs it, with real QEMU.
class VirtualMachineIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(Runtimes.LIBVIRT));

  // Emulated, on a machine with other work.
  private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);
  private static final String GUEST = "guest.1";

  @BeforeAll
  static void importDemoGuest() {
    Path disk = CLUSTER.get().work().directory("image").resolve("demo-vm.qcow2");
    String build = Repository.root().resolve("deploy/images/build").toString();
    var _ = Command.of(build, "disk", disk.toString()).within(BOOT_LIMIT).output();
    CLUSTER.get().host().agent().importImage("berth/demo-vm", disk);
  }

  @Test
  void bootsInSightServesOnItsPortAndIsShutDownStartedAndRemoved() {
    Cluster cluster = CLUSTER.get();
    assertEquals(
        "guest",
        cluster
            .cli()
            .output(
                "run",
                "-d",
                "--kind=vm",
                "--name=guest",
                "-p",
                "8080:80",
                "-m",
                "256m",
                "berth/demo-vm")
            .strip());
    Instance ready = awaitReady();
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
    for (int i = 1; i < phases.size(); i++) {
      assertTrue(nanos(phases.get(i - 1)) <= nanos(phases.get(i)), phases.toString());
    }
    String timeline = cluster.cli().output("boot", "guest");
    for (String phase : List.of("firmware", "boot loader", "kernel", "init", "ready")) {
      assertTrue(timeline.contains(phase), timeline);
    }
    Berthed host = cluster.host();
    var _ =
        Eventually.within(
            BOOT_LIMIT,
            "the guest's web server answers",
            () -> Http.get("http://" + host.link().address() + ":8080/"),
            body -> !body.isEmpty());
    assertTrue(cluster.cli().output("logs", "guest").contains("SeaBIOS"));
    stopStartRemove(cluster, host);
  }

  private static void stopStartRemove(Cluster cluster, Berthed host) {
    var _ = cluster.cli().output("stop", "guest");
    assertTrue(
        cluster.cli().output("logs", "guest").contains("reboot: Power down"),
        "the guest itself went down");
    assertEquals(InstanceState.INSTANCE_STATE_STOPPED, instance().getStatus().getState());
    var _ = cluster.cli().output("start", "guest");
    var _ = awaitReady();
    var _ = cluster.cli().output("rm", "-f", "guest");
    var _ = Eventually.until("no machine is left", () -> host.libvirt().domains(), List::isEmpty);
  }

  private static Instance awaitReady() {
    return Eventually.within(
        BOOT_LIMIT,
        "the guest is ready",
        VirtualMachineIT::instance,
        instance ->
            instance.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING
                && instance.getStatus().getBootPhasesList().stream()
                    .anyMatch(phase -> phase.getPhase() == BootPhaseKind.BOOT_PHASE_KIND_READY));
  }

  private static Instance instance() {
    return CLUSTER
        .get()
        .api()
        .instances()
        .getInstance(GetInstanceRequest.newBuilder().setInstance(GUEST).build());
  }

  private static long nanos(BootPhase phase) {
    return phase.getTime().getSeconds() * 1_000_000_000L + phase.getTime().getNanos();
  }
}
