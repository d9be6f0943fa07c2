package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Runtimes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// On a host whose agent leaves rules alone: what is broken stays so until someone mends it.
class NodeDoctorIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(Runtimes.BOTH).agents("--keep-forwarding=false"));

  private static CommandResult doctor(String... words) {
    List<String> all = new ArrayList<>(List.of("node", "doctor"));
    all.addAll(List.of(words));
    return CLUSTER.get().cli().run(all.toArray(String[]::new));
  }

  private static String line(CommandResult result, String check) {
    return result
        .out()
        .lines()
        .filter(line -> line.contains(" " + check + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(result.toString()));
  }

  @Test
  void findsWhatDockerDoesToMachinesAndMendsIt() {
    try (BridgedHost host = new BridgedHost(CLUSTER.get())) {
      assertTrue(line(doctor(), "forwarding").contains("no machine uses a bridge"));
      host.runMachine();
      CommandResult broken =
          Eventually.until(
              "the bridge is known",
              NodeDoctorIT::doctor,
              result -> line(result, "forwarding").contains(" PROBLEM "));
      assertEquals(1, broken.exitCode());
      assertTrue(line(broken, "forwarding").contains("drops from br0 and to br0"));
      assertTrue(line(broken, "docker").contains(" OK "), broken.out());
      assertTrue(line(broken, "libvirt").contains(" OK "), broken.out());
      assertTrue(line(broken, "clock").contains(" OK "), broken.out());
      assertEquals(List.of(), host.rules());
      assertFalse(host.passes());

      host.run("busybox", "sysctl", "-w", "net.ipv4.ip_forward=0");
      assertTrue(line(doctor("host-1"), "ip-forward").contains(" PROBLEM "));
      CommandResult mended = doctor("--fix", "host-1");
      assertTrue(line(mended, "forwarding").contains(" OK "), mended.toString());
      assertTrue(line(mended, "ip-forward").contains(" OK "), mended.toString());
      assertTrue(mended.err().contains("host-1: ran iptables"), mended.err());
      assertTrue(mended.err().contains("host-1: ran sysctl -w net.ipv4.ip_forward=1"));
      assertEquals(2, host.rules().size());
      assertTrue(host.passes());

      assertEquals("", doctor("--fix", "host-1").err());
      assertTrue(doctor("-o", "json", "host-1").out().contains("FINDING_VERDICT_OK"));
    }
  }
}
