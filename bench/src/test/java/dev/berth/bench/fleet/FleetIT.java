package dev.berth.bench.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListNodesRequest;
import dev.berth.v1.Node;
import dev.berth.v1.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FleetIT {
  private static final RuntimeScript SLOW =
      new RuntimeScript(Duration.ofMillis(200), 0, Duration.ZERO);
  private static final RuntimeScript CRASHING =
      new RuntimeScript(Duration.ZERO, 0, Duration.ofMillis(500));

  @Test
  void nothingIsStartedTwiceWhenTheControllerDiesAndComesBack() throws Exception {
    try (FleetFixture cluster = new FleetFixture(50, SLOW);
        Api api = cluster.api()) {
      var _ = api.workloads().createWorkload(FleetFixture.service("web", 500));
      cluster.awaitRunning(500);
      assertEquals(500, cluster.fleet().starts());
      cluster.controller().kill();
      cluster.controller().restart();
      cluster.awaitInSync();
      cluster.awaitRunning(500);
      assertEquals(500, cluster.fleet().starts());
      assertEquals(100, cluster.fleet().sessions());
    }
  }

  @Test
  void whatRanOnSilentNodesIsReplacedAndTheNodesAreTakenBack() throws Exception {
    try (FleetFixture cluster = new FleetFixture(50, RuntimeScript.PERFECT, "--lost-timeout=7s");
        Api api = cluster.api()) {
      var _ = api.workloads().createWorkload(FleetFixture.service("web", 200));
      cluster.awaitRunning(200);
      List<SimulatedAgent> silent = cluster.fleet().agents().subList(0, 5);
      Set<String> names = silent.stream().map(SimulatedAgent::node).collect(Collectors.toSet());
      silent.forEach(SimulatedAgent::silence);
      var _ =
          Eventually.within(
              FleetFixture.LIMIT,
              "the silent nodes are lost, and all slots run elsewhere",
              () -> nodesIn(api, NodeState.NODE_STATE_LOST),
              names::equals);
      var _ =
          Eventually.within(
              FleetFixture.LIMIT,
              "all slots run on nodes that are heard",
              () -> runningElsewhere(api, names),
              count -> count == 200);
      silent.forEach(SimulatedAgent::speak);
      cluster.awaitInSync();
      var _ =
          Eventually.within(
              FleetFixture.LIMIT,
              "all nodes are ready",
              () -> nodesIn(api, NodeState.NODE_STATE_READY).size(),
              count -> count == 50);
      cluster.awaitRunning(200);
    }
  }

  @Test
  void crashesAreCounted() throws Exception {
    try (FleetFixture cluster = new FleetFixture(20, CRASHING);
        Api api = cluster.api()) {
      var _ = api.workloads().createWorkload(FleetFixture.service("loop", 40));
      var _ =
          Eventually.within(
              FleetFixture.LIMIT,
              "every instance was started again at least twice",
              () ->
                  api
                      .instances()
                      .listInstances(ListInstancesRequest.getDefaultInstance())
                      .getInstancesList()
                      .stream()
                      .filter(each -> each.getStatus().getRestarts() >= 2)
                      .count(),
              count -> count == 40);
    }
  }

  private static Set<String> nodesIn(Api api, NodeState state) {
    return api.nodes().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
        .filter(node -> node.getState() == state)
        .map(Node::getName)
        .collect(Collectors.toSet());
  }

  private static long runningElsewhere(Api api, Set<String> silent) {
    return api
        .instances()
        .listInstances(ListInstancesRequest.newBuilder().setPageSize(1_000).build())
        .getInstancesList()
        .stream()
        .filter(each -> each.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING)
        .filter(each -> !silent.contains(each.getNode()))
        .count();
  }
}
