package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.ExamineNodesRequest;
import dev.berth.v1.ExamineNodesResponse;
import dev.berth.v1.Image;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.NodeFinding;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.StreamFailure;
import io.grpc.Channel;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class ExamineNodesTest {
  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent first;
  private FakeAgent second;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    first = FakeAgent.connected(harness, "n1");
    second = FakeAgent.connected(harness, "n2");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private Recorder<ExamineNodesRequest, ExamineNodesResponse> ask(
      Channel channel, ExamineNodesRequest.Builder request) {
    Recorder<ExamineNodesRequest, ExamineNodesResponse> got = new Recorder<>();
    NodeServiceGrpc.newStub(channel).examineNodes(request.build(), got);
    return got;
  }

  private static Map<String, NodeExamination> results(
      Recorder<ExamineNodesRequest, ExamineNodesResponse> got) throws Exception {
    assertEquals(Status.OK, got.end());
    Map<String, NodeExamination> results = new TreeMap<>();
    while (got.waiting() > 0) {
      NodeExamination next = got.next().getExamination();
      results.put(next.getNode(), next);
    }
    return results;
  }

  private static NodeExamination of(Map<String, NodeExamination> results, String node) {
    return results.getOrDefault(node, NodeExamination.getDefaultInstance());
  }

  private static void finds(DialledStream host, String check) {
    // Nobody believes it when it says that it is another node.
    host.says(
            AttachStreamRequest.newBuilder()
                .setExamination(
                    NodeExamination.newBuilder()
                        .setNode("other")
                        .addFindings(NodeFinding.newBuilder().setCheck(check))))
        .ends();
  }

  @Test
  void asksAllNodesThatAreReadyAndSaysWhatTimeItIs() throws Exception {
    var got = ask(harness.admin(), ExamineNodesRequest.newBuilder().setFix(true));
    DialledStream one = new DialledStream(first);
    DialledStream two = new DialledStream(second);
    assertTrue(one.asked.getExamine().getFix());
    long lag =
        Instant.now().getEpochSecond() - one.asked.getExamine().getControllerTime().getSeconds();
    assertTrue(lag >= 0 && lag < 60, "lag " + lag);
    finds(two, "b");
    finds(one, "a");
    Map<String, NodeExamination> results = results(got);
    assertEquals("a", of(results, "n1").getFindings(0).getCheck());
    assertEquals("b", of(results, "n2").getFindings(0).getCheck());
  }

  @Test
  void aNodeThatFailsDoesNotStopTheOther() throws Exception {
    var got = ask(harness.admin(), ExamineNodesRequest.newBuilder().addNodes("n1").addNodes("n2"));
    DialledStream one = new DialledStream(first);
    assertFalse(one.asked.getExamine().getFix());
    one.says.onNext(
        AttachStreamRequest.newBuilder()
            .setFailure(
                StreamFailure.newBuilder()
                    .setCode(Status.Code.UNIMPLEMENTED.value())
                    .setMessage("this agent is too old"))
            .build());
    finds(new DialledStream(second), "b");
    Map<String, NodeExamination> results = results(got);
    assertEquals("this agent is too old", of(results, "n1").getFailure().getMessage());
    assertEquals("b", of(results, "n2").getFindings(0).getCheck());
  }

  @Test
  void anAnswerAboutSomethingElseIsNotTaken() throws Exception {
    var got = ask(harness.admin(), ExamineNodesRequest.newBuilder().addNodes("n1"));
    DialledStream one = new DialledStream(first);
    one.says.onNext(
        AttachStreamRequest.newBuilder().setImage(Image.newBuilder().addNames("x")).build());
    one.ends();
    assertTrue(of(results(got), "n1").hasFailure());
  }

  @Test
  void onlyNodesThatThereAreAndOnlyForAdministrators() throws Exception {
    assertEquals(
        Status.Code.NOT_FOUND,
        ask(harness.admin(), ExamineNodesRequest.newBuilder().addNodes("n9")).end().getCode());
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        ask(first.channel, ExamineNodesRequest.newBuilder()).end().getCode());
  }
}
