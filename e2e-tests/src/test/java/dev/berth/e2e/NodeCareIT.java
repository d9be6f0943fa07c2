package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.ContainerView;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.NodeState;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nodes that are drained, fenced or cut off in one direction, and slots that take the place of
/// others: judged from the Docker daemons.
class NodeCareIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(2)
              .controller("--heartbeat-interval=1s", "--suspect-timeout=4s", "--lost-timeout=10s")
              .agents("--capacity-cpu=1", "--capacity-memory=4Gi"));

  private static Cluster cluster() {
    return CLUSTER.get();
  }

  private static Cli cli() {
    return cluster().cli();
  }

  private static List<String> running(Berthed host) {
    return host.docker().probe().running().stream().map(ContainerView::slot).sorted().toList();
  }

  private static List<String> running() {
    return cluster().hosts().stream().flatMap(host -> running(host).stream()).sorted().toList();
  }

  private static void awaitState(Berthed host, NodeState wanted) {
    GetNodeRequest request = GetNodeRequest.newBuilder().setName(host.name()).build();
    Eventually.until(
        host.name() + " is " + wanted,
        () -> cluster().api().nodes().getNode(request).getState(),
        wanted::equals);
  }

  @AfterEach
  void removeAll() {
    for (String workload : List.of("web", "db", "small", "urgent")) {
      var _ = cli().run("rm", "-f", workload);
    }
    Eventually.until("nothing runs", NodeCareIT::running, List.of()::equals);
  }

  @Test
  void aDrainMovesEverythingElsewhereAndUncordonLetsSlotsBack() {
    Berthed first = cluster().hosts().get(0);
    Berthed second = cluster().hosts().get(1);
    cli().output("run", "-d", "--name", "web", "--replicas", "4", "--spread", "node", "berth/demo");
    Eventually.until("two each", () -> running(first).size(), Integer.valueOf(2)::equals);
    cli().output("node", "drain", first.name());
    assertEquals(List.of(), running(first), "a drain that has ended left nothing");
    Eventually.until("all run elsewhere", () -> running(second).size(), Integer.valueOf(4)::equals);
    cli().output("node", "uncordon", first.name());
    cli().output("scale", "web=6");
    Eventually.until(
        "the new ones go there", () -> running(first).size(), Integer.valueOf(2)::equals);
  }

  @Test
  void whatIsHeldForALostNodeIsReplacedOnceTheNodeIsFencedAndRunsOnceAfterItsReturn() {
    Berthed first = cluster().hosts().get(0);
    Berthed second = cluster().hosts().get(1);
    cli().output("node", "cordon", second.name());
    cli().output("run", "-d", "--name", "db", "--lost-policy", "hold", "berth/demo");
    Eventually.until("db runs", () -> running(first), List.of("db.1")::equals);
    cli().output("node", "uncordon", second.name());
    first.docker().link().disconnect();
    try {
      awaitState(first, NodeState.NODE_STATE_LOST);
      String refused = cli().run("node", "fence", second.name(), "--yes").err();
      assertTrue(refused.contains("only a node that is lost or unknown"), refused);
      assertEquals(List.of(), running(second), "it is held");
      cli().output("node", "fence", first.name(), "--yes");
      Eventually.until("db runs elsewhere", () -> running(second), List.of("db.1")::equals);
    } finally {
      first.docker().link().reconnect();
    }
    awaitState(first, NodeState.NODE_STATE_READY);
    Eventually.until("db runs once", NodeCareIT::running, List.of("db.1")::equals);
    assertEquals(List.of("db.1"), running(second), "the one that replaced it stays");
  }

  @Test
  void anAgentThatHearsButIsNotHeardIsLostAndHealsWithEachSlotOnce() {
    Berthed first = cluster().hosts().get(0);
    cli().output("run", "-d", "--name", "web", "--replicas", "2", "--spread", "node", "berth/demo");
    Eventually.until("both run", NodeCareIT::running, List.of("web.1", "web.2")::equals);
    String port = Integer.toString(cluster().controller().api().port());
    List<String> drop = List.of("OUTPUT", "-p", "tcp", "--dport", port, "-j", "DROP");
    iptables(first, "-I", drop);
    try {
      awaitState(first, NodeState.NODE_STATE_LOST);
      Eventually.until(
          "both run on the other",
          () -> running(cluster().hosts().get(1)),
          List.of("web.1", "web.2")::equals);
    } finally {
      iptables(first, "-D", drop);
    }
    awaitState(first, NodeState.NODE_STATE_READY);
    Eventually.until("each once", NodeCareIT::running, List.of("web.1", "web.2")::equals);
  }

  private static void iptables(Berthed host, String action, List<String> rule) {
    List<String> words = Stream.concat(Stream.of("iptables", "-w", action), rule.stream()).toList();
    assertEquals(0, Command.of(host.docker().link().inside(words)).run().exitCode());
  }

  @Test
  void anUrgentSlotTakesThePlaceOfAnotherAndWhySaysSo() {
    cli().output("run", "-d", "--name", "small", "--replicas", "2", "--cpus", "0.8", "berth/demo");
    Eventually.until("the nodes are full", () -> running().size(), Integer.valueOf(2)::equals);
    cli()
        .output("run", "-d", "--name", "urgent", "--priority", "80", "--cpus", "0.7", "berth/demo");
    Eventually.until(
        "the urgent one runs", () -> running().contains("urgent.1"), Boolean.TRUE::equals);
    Eventually.until(
        "one of the others waits",
        () -> cli().output("why", "small"),
        text -> text.contains("CPU") && text.contains("waited"));
    assertEquals(2, running().size(), "nothing is overcommitted");
  }
}
