package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Runtimes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Devices of hosts for machines, as far as any host can show it: what is not there, or not
/// allowed, is not given, and that is said before a machine is made.
class HostDeviceIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(Runtimes.LIBVIRT).agents("--allow-host-devices=pci:ffff:ff:1f.7"));

  private static String why(String device) {
    Cluster cluster = CLUSTER.get();
    cluster.cli().output("run", "-d", "--kind=vm", "--name=asks", "--host-device=" + device, "x");
    String why = cluster.cli().output("why", "asks");
    cluster.cli().output("rm", "-f", "asks");
    return why;
  }

  @Test
  void whatCannotBeGivenIsSaidBeforeAMachineIsMade() {
    Cluster cluster = CLUSTER.get();
    String node = cluster.cli().output("node", "inspect", cluster.host().name());
    assertTrue(node.contains("pci:ffff:ff:1f.7: there is no such device"), node);
    String absent = why("pci:ffff:ff:1f.7");
    assertTrue(absent.contains("unable to give the host device pci:ffff:ff:1f.7"), absent);
    assertTrue(absent.contains("there is no such device"), absent);
    String foreign = why("usb:ffff:ffff");
    assertTrue(foreign.contains("without the host device usb:ffff:ffff"), foreign);
    assertTrue(foreign.contains("not allowed there"), foreign);
    assertTrue(foreign.contains("allow-host-devices"), foreign);
  }
}
