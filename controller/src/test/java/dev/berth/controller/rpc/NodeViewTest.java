package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import dev.berth.v1.KindCount;
import dev.berth.v1.Node;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.OpenSessionResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a node shows of the instances on it.
@Timeout(180)
final class NodeViewTest {
  @TempDir Path data;
  private RpcHarness harness;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void instancesThatAreNotFinalAreCountedByKind() throws Exception {
    FakeAgent agent = FakeAgent.connected(harness, "n1");
    assertEquals(List.of(), node().getInstanceKindsList());
    var _ = harness.workloads().createWorkload(RpcHarness.service("web", 1));
    var _ = harness.workloads().createWorkload(RpcHarness.service("api", 1));
    String web = agent.awaitInstance("web").getInstanceId();
    String api = agent.awaitInstance("api").getInstanceId();
    assertEquals(List.of(containers(2)), node().getInstanceKindsList());
    agent.report(1, web, FakeAgent.status(InstanceState.INSTANCE_STATE_RUNNING));
    agent.await(OpenSessionResponse::hasStatusAck);
    assertEquals(List.of(containers(2)), node().getInstanceKindsList());
    assertEquals(2, node().getInstances(), () -> web + " and " + api);
  }

  private static KindCount containers(int count) {
    return KindCount.newBuilder().setKind(Kind.KIND_CONTAINER).setCount(count).build();
  }

  private Node node() throws Exception {
    return NodeServiceGrpc.newBlockingStub(harness.admin())
        .getNode(GetNodeRequest.newBuilder().setName("n1").build());
  }
}
