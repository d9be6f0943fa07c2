package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.e2e.harness.Cleanup;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.HostLink;
import dev.berth.e2e.harness.Repository;
import dev.berth.e2e.harness.XenHost;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A virtual machine as a user runs it, on a host whose hypervisor is a real Xen.
class XenHostIT {
  @RegisterExtension static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(0));

  // Emulated twice over, on a machine with other work.
  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final Cleanup CLEANUP = new Cleanup();
  private static final String STACK =
      """
      stack: xen
      workloads:
        guest:
          vm:
            kernel: {image: linux, initrd: initrd,
                     commandLine: "console=hvc0 mitigations=off cryptomgr.notests"}
            bootMarkers: [{phase: ready, text: "guest: ready"}]
          resources: {cpu: 1, memory: 96Mi}
      """;

  private static @Nullable XenHost host;

  @BeforeAll
  static void joinXenHost() {
    Optional<String> missing = XenHost.missing();
    missing.ifPresent(reason -> System.err.println("SKIPPED: " + reason));
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing.orElse(""));
    Cluster cluster = CLUSTER.get();
    HostLink link = cluster.quay().connect();
    CLEANUP.add(link::close);
    XenHost xen = XenHost.start(link, cluster.work().directory("x"));
    CLEANUP.add(xen::close);
    host = xen;
    startAgent(cluster, link, xen);
  }

  @AfterAll
  static void leave() {
    CLEANUP.close();
  }

  private static XenHost xen() {
    XenHost started = host;
    if (started == null) {
      throw new IllegalStateException("the Xen host was not started");
    }
    return started;
  }

  private static void startAgent(Cluster cluster, HostLink link, XenHost xen) {
    // Where the host sees it too: images, and where consoles are kept.
    Path data = xen.share().resolve("agent");
    importImage(data, "linux", xen.kernel());
    importImage(data, "initrd", xen.initrd());
    Daemon agent =
        Daemon.start(
            cluster.work().path(),
            "agent-xen",
            link.inside(
                List.of(
                    launcher(),
                    "run",
                    "--data-dir=" + data,
                    "--node=xen-1",
                    "--address=" + link.address(),
                    "--docker-host=unix:///nonexistent/docker.sock",
                    "--libvirt-uri=" + xen.uri(),
                    "--xen-console-logs=" + xen.consoles(),
                    "--controllers=" + cluster.controller().api(),
                    "--join-address=" + cluster.controller().join(),
                    "--token-file=" + cluster.work().file("token", cluster.token("xen-1")))),
            Map.of());
    CLEANUP.add(agent::close);
    var _ = agent.awaitLine("READY ", LIMIT);
  }

  private static String launcher() {
    return Repository.root().resolve("deploy/bin/berth-agent").toString();
  }

  private static void importImage(Path data, String name, Path file) {
    var _ =
        Command.of(
                launcher(),
                "import-image",
                "--data-dir=" + data,
                "--name=" + name,
                "--file=" + file)
            .output();
  }

  @Test
  void aGuestOfXenRunsIsListedIsStoppedByItselfAndIsRemoved() {
    Cluster cluster = CLUSTER.get();
    XenHost xen = xen();
    assertTrue(cluster.cli().output("node", "inspect", "xen-1").contains("xen"));
    Path file = cluster.work().file("xen.yaml", STACK);
    var _ = cluster.cli().output("apply", "-f", file.toString());
    Instance ready = awaitReady();
    assertEquals(1, xen.running().size(), xen.running().toString());
    assertEquals(
        List.of(
            BootPhaseKind.BOOT_PHASE_KIND_PLACED,
            BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY,
            BootPhaseKind.BOOT_PHASE_KIND_CREATED,
            BootPhaseKind.BOOT_PHASE_KIND_KERNEL,
            BootPhaseKind.BOOT_PHASE_KIND_INIT,
            BootPhaseKind.BOOT_PHASE_KIND_READY),
        ready.getStatus().getBootPhasesList().stream().map(BootPhase::getPhase).toList());
    String listed = cluster.cli().output("ps", "-o", "wide");
    assertTrue(listed.contains("RUNNING") && listed.contains("xen-1"), listed);
    assertTrue(cluster.cli().output("logs", "guest").contains("guest: hello from xen"));

    var _ = cluster.cli().command("stop", "guest").within(LIMIT).output();
    assertEquals(InstanceState.INSTANCE_STATE_STOPPED, instance().getStatus().getState());
    assertEquals(List.of(), xen.running());
    String logs = cluster.cli().output("logs", "guest");
    assertTrue(logs.contains("guest: powering off"), "the guest itself went down: " + logs);

    var _ = cluster.cli().command("start", "guest").within(LIMIT).output();
    var _ = awaitReady();
    var _ = cluster.cli().command("rm", "-f", "guest").within(LIMIT).output();
    var _ = Eventually.within(LIMIT, "no guest is left", xen::domains, List::isEmpty);
  }

  private static Instance awaitReady() {
    return Eventually.within(
        LIMIT,
        "the guest is ready",
        XenHostIT::instance,
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
        .getInstance(GetInstanceRequest.newBuilder().setInstance("guest.1").build());
  }
}
