package dev.berth.controller.rpc;

import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
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
import dev.berth.v1.UsageSample;
import dev.berth.v1.UsageStreamRequest;
import dev.berth.v1.WatchUsageRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What only some drivers can do: to let instances stand still, and to measure them.
@Timeout(180)
final class CapableInstanceTest {
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

  private FakeAgent host(String... capabilities) throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    FakeAgent agent = new FakeAgent(node, harness.channel(node.credentials()));
    NodeDescription.Builder host = FakeAgent.host();
    DriverDescription.Builder docker = host.getDriversBuilder(0).clearCapabilities();
    assertEquals(Kind.KIND_CONTAINER, docker.getKind());
    docker.addAllCapabilities(List.of(capabilities));
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
    FakeAgent agent = host("pause");
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
    FakeAgent agent = host("pause");
    var _ = web(agent, InstanceState.INSTANCE_STATE_PREPARING);
    assertRefused(FAILED_PRECONDITION, "berth ps -a web.1", ask("web.1").end());
    assertRefused(NOT_FOUND, "berth ps", ask("other.1").end());
    Recorder<PauseInstanceRequest, PauseInstanceResponse> got = new Recorder<>();
    InstanceServiceGrpc.newStub(agent.channel).pauseInstance(pause("web.1"), got);
    assertEquals(PERMISSION_DENIED, got.end().getCode());
  }

  @Test
  void passesOnWhatAnInstanceUses() throws Exception {
    FakeAgent agent = host("stats");
    String id = web(agent, InstanceState.INSTANCE_STATE_RUNNING).getInstanceId();
    Recorder<WatchUsageRequest, UsageSample> samples =
        usage(WatchUsageRequest.newBuilder().setInstance("web.1"));
    OpenStream question = agent.asked();
    assertEquals(
        UsageStreamRequest.newBuilder()
            .setInstanceId(id)
            .setInterval(Durations.fromSeconds(1))
            .build(),
        question.getUsage());
    StreamObserver<AttachStreamRequest> says = agent.dial(question.getStreamId(), new Recorder<>());
    for (int i = 1; i <= 2; i++) {
      UsageSample sample = UsageSample.newBuilder().setCpuNanos(i).build();
      says.onNext(AttachStreamRequest.newBuilder().setUsage(sample).build());
      assertEquals(sample, samples.next());
    }
    says.onCompleted();
    assertEquals(Status.OK, samples.end());
  }

  @Test
  void refusesToMeasureTooOftenOrWhatNobodyMeasures() throws Exception {
    FakeAgent agent = host();
    var _ = web(agent, InstanceState.INSTANCE_STATE_RUNNING);
    for (Duration wrong :
        List.of(Durations.fromMillis(499), Durations.fromSeconds(3601), Durations.fromDays(-1))) {
      Status end =
          usage(WatchUsageRequest.newBuilder().setInstance("web.1").setInterval(wrong)).end();
      assertRefused(INVALID_ARGUMENT, "0.5s to 1h", end);
    }
    assertRefused(
        FAILED_PRECONDITION,
        "does not measure",
        usage(WatchUsageRequest.newBuilder().setInstance("web.1")).end());
  }

  private Recorder<WatchUsageRequest, UsageSample> usage(WatchUsageRequest.Builder request)
      throws Exception {
    Recorder<WatchUsageRequest, UsageSample> answer = new Recorder<>();
    users().watchUsage(request.build(), answer);
    return answer;
  }

  @Test
  void refusesWhatCannotStandStill() throws Exception {
    FakeAgent agent = host();
    var _ = web(agent, InstanceState.INSTANCE_STATE_RUNNING);
    assertRefused(FAILED_PRECONDITION, "node n1", ask("web.1").end());
  }
}
