package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Runtimes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Docker drops what machines on a bridge say; the agent lets it through, and again whenever it has
/// been undone.
class KeepForwardingIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  @RegisterExtension
  static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(Runtimes.BOTH));

  private static void awaitRules(BridgedHost host, String when) {
    var _ = Eventually.within(LIMIT, "rules " + when, host::rules, rules -> rules.size() == 2);
    var _ = Eventually.within(LIMIT, "packets pass " + when, host::passes, passes -> passes);
  }

  @Test
  void packetsOfMachinesPassWhateverRestarts() {
    try (BridgedHost host = new BridgedHost(CLUSTER.get())) {
      // As Docker found it: without forwarding, which it turns on and then has all dropped.
      assertTrue(host.run("iptables", "-S", "FORWARD").contains("-P FORWARD DROP"));
      assertEquals(List.of(), host.rules());
      assertFalse(host.passes());

      host.runMachine();
      awaitRules(host, "once a machine is on the bridge");

      host.breakRules();
      assertFalse(host.passes());
      host.host().docker().stopDaemon();
      host.host().docker().startDaemon();
      awaitRules(host, "after Docker's restart");

      host.breakRules();
      host.host().libvirt().restart();
      awaitRules(host, "after libvirt's restart");

      host.breakRules();
      host.host().agent().restart();
      awaitRules(host, "after the agent's restart");

      assertEquals(2, host.rules().size());
      assertEquals(
          2,
          host.host().agent().daemon().err().split("are let through beside Docker", -1).length - 1);

      host.host().agent().daemon().terminate(Duration.ofSeconds(15));
      assertEquals(0, host.host().agent().stopInstances().exitCode());
      assertEquals(List.of(), host.rules());
    }
  }
}
