package dev.berth.controller.rpc;

import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PauseInstanceRequest;
import dev.berth.v1.PauseInstanceResponse;
import dev.berth.v1.StreamDone;
import dev.berth.v1.StreamFailure;
import dev.berth.v1.UnpauseInstanceRequest;
import dev.berth.v1.UnpauseInstanceResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class PauseInstanceTest {
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

  private FakeAgent host(boolean pauses) throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    FakeAgent agent = new FakeAgent(node, harness.channel(node.credentials()));
    NodeDescription.Builder host = FakeAgent.host();
    DriverDescription.Builder docker = host.getDriversBuilder(0).clearCapabilities();
    assertEquals(Kind.KIND_CONTAINER, docker.getKind());
    if (pauses) {
      docker.addCapabilities("pause");
    }
    agent.hello(agent.hello().setDescription(host));
    agent.await(OpenSessionResponse::hasAssignments);
    return agent;
  }

  private AssignedInstance web(FakeAgent agent, InstanceState state) throws Exception {
    var _ = harness.workloads().createWorkload(RpcHarness.service("web", 1));
    AssignedInstance web = agent.awaitInstance("web");
    agent.report(1, web.getInstanceId(), FakeAgent.status(state));
    agent.await(OpenSessionResponse::hasStatusAck);
    return web;
  }

  private InstanceServiceGrpc.InstanceServiceStub users() throws Exception {
    return InstanceServiceGrpc.newStub(harness.admin());
  }

  private static PauseInstanceRequest pause(String instance) {
    return PauseInstanceRequest.newBuilder().setInstance(instance).build();
  }

  private Recorder<PauseInstanceRequest, PauseInstanceResponse> ask(String instance)
      throws Exception {
    Recorder<PauseInstanceRequest, PauseInstanceResponse> answer = new Recorder<>();
    users().pauseInstance(pause(instance), answer);
    return answer;
  }

  private static void assertRefused(Status.Code code, String word, Status end) {
    assertEquals(code, end.getCode(), end.toString());
    assertTrue(String.valueOf(end.getDescription()).contains(word), end.toString());
  }

  @Test
  void asksTheInstancesAgentAndAnswersWhenItIsDone() throws Exception {
    FakeAgent agent = host(true);
    String id = web(agent, InstanceState.INSTANCE_STATE_RUNNING).getInstanceId();
    Recorder<PauseInstanceRequest, PauseInstanceResponse> paused = ask("web.1");
    OpenStream question = agent.asked();
    assertEquals(id, question.getPause().getInstanceId());
    StreamObserver<AttachStreamRequest> says = agent.dial(question.getStreamId(), new Recorder<>());
    says.onNext(AttachStreamRequest.newBuilder().setDone(StreamDone.getDefaultInstance()).build());
    says.onCompleted();
    assertEquals(PauseInstanceResponse.getDefaultInstance(), paused.next());
    assertEquals(Status.OK, paused.end());

    Recorder<UnpauseInstanceRequest, UnpauseInstanceResponse> unpaused = new Recorder<>();
    users()
        .unpauseInstance(
            UnpauseInstanceRequest.newBuilder().setInstance(id.substring(0, 8)).build(), unpaused);
    question = agent.asked();
    assertEquals(id, question.getUnpause().getInstanceId());
    agent
        .dial(question.getStreamId(), new Recorder<>())
        .onNext(
            AttachStreamRequest.newBuilder()
                .setFailure(
                    StreamFailure.newBuilder()
                        .setCode(FAILED_PRECONDITION.value())
                        .setMessage("it does not run"))
                .build());
    assertRefused(FAILED_PRECONDITION, "it does not run", unpaused.end());
  }

  @Test
  void refusesWhatDoesNotRun() throws Exception {
    FakeAgent agent = host(true);
    var _ = web(agent, InstanceState.INSTANCE_STATE_PREPARING);
    assertRefused(FAILED_PRECONDITION, "berth ps -a web.1", ask("web.1").end());
    assertRefused(NOT_FOUND, "berth ps", ask("other.1").end());
    Recorder<PauseInstanceRequest, PauseInstanceResponse> got = new Recorder<>();
    InstanceServiceGrpc.newStub(agent.channel).pauseInstance(pause("web.1"), got);
    assertEquals(PERMISSION_DENIED, got.end().getCode());
  }

  @Test
  void refusesWhatCannotStandStill() throws Exception {
    FakeAgent agent = host(false);
    var _ = web(agent, InstanceState.INSTANCE_STATE_RUNNING);
    assertRefused(FAILED_PRECONDITION, "node n1", ask("web.1").end());
  }
}
