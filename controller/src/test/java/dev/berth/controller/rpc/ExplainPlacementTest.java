package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.ExplainPlacementRequest;
import dev.berth.v1.ExplainPlacementResponse;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeRefusal;
import dev.berth.v1.NodeScore;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.PlacementDecision;
import dev.berth.v1.Resources;
import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.UpdateNodeRequest;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people read when they ask why a slot is where it is, or waits.
final class ExplainPlacementTest {
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

  private static NodeDescription.Builder host(long cpuMillis, long memoryMib) {
    return FakeAgent.host()
        .setArchitecture("amd64")
        .setCapacity(
            Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(memoryMib << 20));
  }

  private void node(String name, NodeDescription.Builder description) throws Exception {
    RpcHarness.Joined joined = harness.join(name);
    FakeAgent agent = new FakeAgent(joined, harness.channel(joined.credentials()));
    agent.hello(agent.hello().setDescription(description));
    agent.await(OpenSessionResponse::hasAssignments);
  }

  private void update(Node.Builder node, String field) throws Exception {
    harness
        .nodes()
        .updateNode(
            UpdateNodeRequest.newBuilder()
                .setNode(node)
                .setUpdateMask(FieldMask.newBuilder().addPaths(field))
                .build());
  }

  private void create(CreateWorkloadRequest.Builder request) throws Exception {
    harness.workloads().createWorkload(request.build());
  }

  private static CreateWorkloadRequest.Builder sized(String name, int replicas, long memoryMib) {
    CreateWorkloadRequest.Builder request = RpcHarness.service(name, replicas).toBuilder();
    request
        .getWorkloadBuilder()
        .getSpecBuilder()
        .setResources(Resources.newBuilder().setCpuMillis(500).setMemoryBytes(memoryMib << 20));
    return request;
  }

  private ExplainPlacementResponse why(ExplainPlacementRequest.Builder request) throws Exception {
    return harness.workloads().explainPlacement(request.build());
  }

  private PlacementDecision why(String target) throws Exception {
    return why(ExplainPlacementRequest.newBuilder().setTarget(target)).getDecisions(0);
  }

  private static NodeRefusal refusal(String reason, String detail, String advice) {
    return NodeRefusal.newBuilder()
        .setReason(reason)
        .setDetail(detail)
        .setAdvice(advice)
        .setNodes(1)
        .build();
  }

  /// Seven nodes, each with something wrong with it.
  private void sevenNodes() throws Exception {
    node("small", host(4_000, 2_048));
    node("smaller", host(4_000, 1_024));
    node("slow", host(200, 8_192));
    node("arm", host(4_000, 8_192).setArchitecture("arm64"));
    node("bare", host(4_000, 8_192).clearDrivers());
    node("closed", host(4_000, 8_192));
    node("special", host(4_000, 8_192));
    update(
        Node.newBuilder()
            .setName("closed")
            .setAvailability(NodeAvailability.NODE_AVAILABILITY_CORDONED),
        "availability");
    update(
        Node.newBuilder()
            .setName("special")
            .addTaints(
                Taint.newBuilder()
                    .setKey("gpu")
                    .setValue("a100")
                    .setEffect(TaintEffect.TAINT_EFFECT_NO_SCHEDULE)),
        "taints");
  }

  @Test
  void namesEachConstraintWithTheNodesThatItRefusedAndWhatToDo() throws Exception {
    sevenNodes();
    CreateWorkloadRequest.Builder large = sized("large", 2, 4_096);
    large
        .getWorkloadBuilder()
        .getSpecBuilder()
        .getPlacementBuilder()
        .addRequire("node.arch == amd64");
    create(large);
    PlacementDecision decision = why("large.2");
    assertEquals(7, decision.getNodes());
    assertEquals(
        InstanceState.INSTANCE_STATE_PENDING, decision.getInstance().getStatus().getState());
    assertTrue(decision.hasTime());
    Map<String, NodeRefusal> refusals =
        decision.getRefusalsList().stream()
            .collect(Collectors.toMap(NodeRefusal::getReason, Function.identity()));
    assertEquals(
        NodeRefusal.newBuilder()
            .setReason("memory")
            .setDetail("need 4Gi, at most 2Gi free on small")
            .setAdvice("ask for less, stop something, or add a node")
            .setNodes(2)
            .build(),
        refusals.get("memory"));
    assertEquals("memory", decision.getRefusals(0).getReason(), "the most frequent first");
    assertEquals(
        refusal(
            "CPU",
            "need 500m, at most 200m free on slow",
            "ask for less, stop something, or add a node"),
        refusals.get("CPU"));
    assertEquals(
        refusal("cordoned", "closed", "let slots onto it again: berth node uncordon"),
        refusals.get("cordoned"));
    assertEquals(
        refusal("taint: gpu=a100", "special", "tolerate it in the workload, or remove the taint"),
        refusals.get("taint: gpu=a100"));
    assertEquals(
        refusal(
            "require: node.arch == amd64",
            "node.arch is arm64 on arm",
            "change the expression, or add or label such a node"),
        refusals.get("require: node.arch == amd64"));
    assertEquals(
        refusal(
            "without a usable container driver",
            "bare",
            "see what the node says of its drivers: berth node inspect"),
        refusals.get("without a usable container driver"));
    assertEquals(6, refusals.size());
    assertTrue(
        decision.getMessage().startsWith("0 of 7 nodes fit: 2 memory"), decision::getMessage);
  }

  @Test
  void showsTheBestCandidatesOfASlotThatHasANode() throws Exception {
    node("n1", host(4_000, 4_096));
    node("n2", host(4_000, 4_096));
    node("n3", host(8_000, 8_192));
    create(sized("first", 1, 512));
    create(sized("web", 1, 512));
    PlacementDecision decision = why("web.1");
    String home = decision.getInstance().getNode();
    assertEquals("n1", home);
    assertEquals(3, decision.getFitting());
    assertEquals(3, decision.getBestCount());
    assertEquals(home, decision.getBest(0).getNode(), "the chosen one first");
    assertEquals("load 13 %", decision.getBest(0).getDetail());
    for (NodeScore each : decision.getBestList()) {
      assertFalse(each.getDetail().isEmpty(), each::toString);
      assertTrue(each.getScore() <= decision.getBest(0).getScore());
    }
    assertTrue(decision.getMessage().contains("fullest"), decision::getMessage);
    assertTrue(decision.hasTime());
    String id = decision.getInstance().getId();
    assertEquals(decision, why(id));
    assertEquals(decision, why(id.substring(0, 12)));
  }

  @Test
  void saysWhoMadeRoom() throws Exception {
    node("n1", host(1_000, 4_096));
    CreateWorkloadRequest.Builder low = sized("low", 2, 512);
    low.getWorkloadBuilder().getSpecBuilder().setPriority(20);
    create(low);
    CreateWorkloadRequest.Builder high = sized("high", 1, 512);
    high.getWorkloadBuilder().getSpecBuilder().setPriority(80);
    create(high);
    PlacementDecision decision = why("high");
    assertEquals(1, decision.getPreemptedCount());
    assertTrue(decision.getPreempted(0).startsWith("low."), decision::toString);
    assertTrue(
        decision.getMessage().contains("Takes the place of " + decision.getPreempted(0)),
        decision::getMessage);
    assertEquals("CPU", decision.getRefusals(0).getReason());
  }

  @Test
  void answersInPagesThoseThatWaitFirst() throws Exception {
    node("n1", host(2_000, 8_192));
    create(sized("web", 7, 64));
    List<Integer> slots = new ArrayList<>();
    String token = "";
    do {
      ExplainPlacementResponse page =
          why(
              ExplainPlacementRequest.newBuilder()
                  .setTarget("web")
                  .setPageSize(2)
                  .setPageToken(token));
      assertTrue(page.getDecisionsCount() <= 2);
      page.getDecisionsList().forEach(each -> slots.add(each.getInstance().getSlot()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(List.of(5, 6, 7, 1, 2, 3, 4), slots);
  }

  @Test
  void saysHowToFindWhatThereIs() {
    Status refused = RpcHarness.refused(Status.Code.NOT_FOUND, () -> why("nothing"));
    assertTrue(String.valueOf(refused.getDescription()).contains("berth ps -a"));
    RpcHarness.refused(Status.Code.NOT_FOUND, () -> why("nothing.3"));
  }
}
