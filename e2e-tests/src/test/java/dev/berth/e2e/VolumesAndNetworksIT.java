package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Eventually;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Volumes and networks on two hosts with a Docker daemon each, by docker's verbs.
class VolumesAndNetworksIT {
  @RegisterExtension static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(2));

  private static Command berth(String... words) {
    return CLUSTER.get().cli().command(words);
  }

  private static CommandResult failed(Command command) {
    CommandResult result = command.run();
    assertEquals(1, result.exitCode(), result.toString());
    return result;
  }

  private static String on(Berthed host) {
    return "node.name == " + host.name();
  }

  @Test
  void dataOfAWorkloadThatIsWantedOutlivesEveryPrune() {
    Berthed one = CLUSTER.get().hosts().getFirst();
    Berthed two = CLUSTER.get().hosts().getLast();
    assertEquals("data\n", berth("volume", "create", "--label", "team=shop", "data").output());
    String listed = berth("volume", "ls", "-f", "label=team").output();
    assertTrue(listed.contains(one.name()) && listed.contains(two.name()), listed);
    var _ = berth("volume", "create", "--node=" + two.name(), "spare").output();

    var _ =
        berth(
                "run",
                "-d",
                "--name=db",
                "-v",
                "data:/data",
                "--require",
                on(one),
                "berth/demo",
                "sh",
                "-c",
                "echo kept >>/data/file; sleep 1000")
            .output();
    var _ = berth("wait", "--for", "running", "db").output();
    String used = berth("volume", "ls", "-f", "node=" + one.name(), "-f", "name=data").output();
    assertTrue(used.contains("db.1"), used);
    CommandResult refused = failed(berth("volume", "rm", "data"));
    assertTrue(refused.err().contains(one.name() + ": data: default/db.1"), refused.toString());
    // On the other host nobody keeps anything in it.
    assertEquals(two.name() + ": data\n", refused.out());

    // Whoever takes its container away, behind Berth's back, does not take its data.
    var _ = berth("stop", "db").output();
    String container =
        one.docker().docker("ps", "-aq", "--filter", "name=berth-db.1").output().strip();
    var _ = one.docker().docker("rm", "-f", container).output();
    CommandResult pruned = berth("volume", "prune", "-a", "-f").run();
    assertEquals(0, pruned.exitCode(), pruned.toString());
    assertTrue(pruned.out().contains(two.name() + ": deleted spare"), pruned.toString());
    assertFalse(pruned.out().contains("data"), pruned.toString());
    assertTrue(pruned.err().contains(one.name() + ": data stays"), pruned.toString());
    assertEquals("data\n", one.docker().docker("volume", "ls", "-q").output());

    var _ = berth("rm", "-f", "db").output();
    var _ =
        Eventually.until(
            "the workload is gone",
            () -> berth("volume", "prune", "-a", "-f").output(),
            out -> out.contains(one.name() + ": deleted data"));
    assertEquals("", berth("volume", "ls", "-q").output());
  }

  @Test
  void slotsOnANetworkFindEachOtherAndANodeWithoutItSaysSo() {
    Berthed one = CLUSTER.get().hosts().getFirst();
    Berthed two = CLUSTER.get().hosts().getLast();
    assertEquals(
        "shop\n",
        berth("network", "create", "--node=" + one.name(), "--subnet=10.91.0.0/16", "shop")
            .output());
    var _ =
        berth("run", "-d", "--name=api", "--network=shop", "--require", on(one), "berth/demo")
            .output();
    var _ =
        berth(
                "run",
                "-d",
                "--name=web",
                "--network=shop",
                "--require",
                on(one),
                "-p",
                "80",
                "berth/demo",
                "sleep",
                "1000")
            .output();
    var _ = berth("wait", "--for", "running", "api").output();
    var _ = berth("wait", "--for", "running", "web").output();
    for (String name : new String[] {"api", "api-1"}) {
      CommandResult found = berth("exec", "web", "wget", "-qO-", "http://" + name + ":1/").run();
      // Nobody listens there; busybox's wget says at which address that is.
      assertTrue(found.err().contains("10.91."), found.toString());
    }
    CommandResult refused = failed(berth("network", "rm", "shop"));
    assertTrue(refused.err().contains("default/api.1"), refused.toString());

    var _ =
        berth("run", "-d", "--name=lost", "--network=shop", "--require", on(two), "berth/demo")
            .output();
    var _ =
        Eventually.until(
            "the node without the network says so",
            () -> berth("events", "--filter", "workload=lost").output(),
            out -> out.contains("berth network create shop"));
    var _ = berth("rm", "-f", "api", "web", "lost").output();
    var _ =
        Eventually.until(
            "the network is free",
            () -> berth("network", "rm", "shop").run(),
            result -> result.out().equals(one.name() + ": shop\n"));
    CommandResult gone = failed(berth("network", "rm", "shop"));
    assertTrue(gone.err().contains("no node has it"), gone.toString());
  }

  @Test
  void aNetworkIsMadeAsItIsAskedFor() {
    Berthed two = CLUSTER.get().hosts().getLast();
    var _ =
        berth(
                "network",
                "create",
                "--node=" + two.name(),
                "--driver=bridge",
                "--subnet=10.92.0.0/16",
                "--gateway=10.92.0.9",
                "--ip-range=10.92.7.0/24",
                "--ipam-driver=default",
                "--internal",
                "--attachable",
                "--opt=com.docker.network.bridge.name=berth-e2e",
                "--label=team=shop",
                "inner")
            .output();
    String made =
        two.docker()
            .docker(
                "network",
                "inspect",
                "--format={{.Internal}} {{.Attachable}} {{json .IPAM}} {{json .Options}}",
                "inner")
            .output();
    assertTrue(made.startsWith("true true "), made);
    assertTrue(made.contains("\"Gateway\":\"10.92.0.9\""), made);
    assertTrue(made.contains("\"IPRange\":\"10.92.7.0/24\""), made);
    assertTrue(made.contains("\"Driver\":\"default\""), made);
    assertTrue(made.contains("berth-e2e"), made);
    assertTrue(berth("network", "inspect", "inner").output().contains("team"), made);
    var _ = berth("network", "rm", "inner").output();

    var _ =
        berth(
                "network",
                "create",
                "--node=" + two.name(),
                "--ipv6",
                "--subnet=fd00:be47::/64",
                "six")
            .output();
    String six =
        two.docker().docker("network", "inspect", "--format={{.EnableIPv6}}", "six").output();
    assertEquals("true\n", six);
    var _ = berth("network", "rm", "six").output();
  }
}
