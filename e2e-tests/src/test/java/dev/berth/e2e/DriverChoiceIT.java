package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.LibvirtHost;
import dev.berth.e2e.harness.Runtimes;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A node whose agent has two connections to libvirt: two libvirtds with real QEMU.
class DriverChoiceIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(Runtimes.LIBVIRT));

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static @Nullable LibvirtHost second;

  @BeforeAll
  static void connectASecondLibvirtd() {
    Cluster cluster = CLUSTER.get();
    Berthed host = cluster.host();
    LibvirtHost started =
        LibvirtHost.start("second", host.link(), cluster.work().directory("v-second"));
    second = started;
    // Machines run without anything to boot from, too.
    host.agent().importImage("blank", cluster.work().file("blank", "\0".repeat(1 << 20)));
    host.agent().connect(host.libvirt().uri(), started.uri());
  }

  @AfterAll
  static void end() {
    LibvirtHost started = second;
    if (started != null) {
      started.close();
    }
  }

  private static LibvirtHost second() {
    LibvirtHost started = second;
    if (started == null) {
      throw new IllegalStateException("the second libvirtd was not started");
    }
    return started;
  }

  private static Instance awaitRunning(String name) {
    return Eventually.within(
        LIMIT,
        name + " runs",
        () ->
            CLUSTER
                .get()
                .api()
                .instances()
                .getInstance(GetInstanceRequest.newBuilder().setInstance(name + ".1").build()),
        instance -> instance.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING);
  }

  private static void run(String name, String... flags) {
    Cluster cluster = CLUSTER.get();
    List<String> words =
        new ArrayList<>(List.of("run", "-d", "--kind=vm", "--name=" + name, "-m", "64m"));
    // Nothing runs in it that would hear of the power button.
    words.add("--stop-timeout=1s");
    words.addAll(List.of(flags));
    words.add("blank");
    cluster.cli().output(words.toArray(String[]::new));
  }

  @Test
  void aMachineRunsWhereItChoseAndStaysThere() {
    Cluster cluster = CLUSTER.get();
    Berthed host = cluster.host();
    String node = cluster.cli().output("node", "inspect", host.name());
    assertTrue(node.contains("libvirt-qemu"), node);
    run("here");
    run("there", "--driver=libvirt-qemu");
    assertEquals("libvirt", awaitRunning("here").getStatus().getDriver());
    Instance there = awaitRunning("there");
    assertEquals("libvirt-qemu", there.getStatus().getDriver());
    assertEquals(1, host.libvirt().running().size());
    assertTrue(host.libvirt().running().getFirst().startsWith("berth-here.1-"));
    assertEquals(1, second().running().size());
    assertTrue(second().running().getFirst().startsWith("berth-there.1-"));

    host.agent().kill();
    host.agent().restart();
    Instance again = awaitRunning("there");
    assertEquals(there.getId(), again.getId());
    assertEquals(there.getStatus().getStartTime(), again.getStatus().getStartTime());
    assertEquals("libvirt-qemu", again.getStatus().getDriver());

    run("nowhere", "--driver=libvirt-xen");
    String why = cluster.cli().output("why", "nowhere");
    assertTrue(why.contains("without a usable vm driver libvirt-xen"), why);

    var _ = cluster.cli().command("rm", "-f", "here", "there", "nowhere").within(LIMIT).output();
    var _ = Eventually.until("no machine is left", () -> second().domains(), List::isEmpty);
    assertEquals(List.of(), host.libvirt().domains());
  }
}
