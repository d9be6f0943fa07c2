package dev.berth.controller.rpc;

import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.CopyFromInstanceRequest;
import dev.berth.v1.CopyFromInstanceResponse;
import dev.berth.v1.CopyToInstanceOrder;
import dev.berth.v1.CopyToInstanceRequest;
import dev.berth.v1.CopyToInstanceResponse;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.InstanceState;
import dev.berth.v1.KillInstanceRequest;
import dev.berth.v1.KillInstanceResponse;
import dev.berth.v1.Kind;
import dev.berth.v1.ListProcessesRequest;
import dev.berth.v1.ListProcessesResponse;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PathStat;
import dev.berth.v1.PathStreamRequest;
import dev.berth.v1.PauseInstanceRequest;
import dev.berth.v1.PauseInstanceResponse;
import dev.berth.v1.ProcessesStreamRequest;
import dev.berth.v1.SignalStreamRequest;
import dev.berth.v1.StatPathRequest;
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

/// What only some drivers can do: to let instances stand still, to measure them, to signal them, to
/// list their processes, to copy.
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

  private Recorder<KillInstanceRequest, KillInstanceResponse> kill(String signal) throws Exception {
    Recorder<KillInstanceRequest, KillInstanceResponse> answer = new Recorder<>();
    users()
        .killInstance(
            KillInstanceRequest.newBuilder().setInstance("web.1").setSignal(signal).build(),
            answer);
    return answer;
  }

  @Test
  void sendsSignalsByTheirNumbersAlsoToWhatIsBeingStopped() throws Exception {
    FakeAgent agent = host("kill", "signals");
    String id = web(agent, InstanceState.INSTANCE_STATE_STOPPING).getInstanceId();
    Recorder<KillInstanceRequest, KillInstanceResponse> killed = kill("sigusr1");
    OpenStream question = agent.asked();
    assertEquals(
        SignalStreamRequest.newBuilder().setInstanceId(id).setSignal(10).build(),
        question.getSignal());
    agent
        .dial(question.getStreamId(), new Recorder<>())
        .onNext(AttachStreamRequest.newBuilder().setDone(StreamDone.getDefaultInstance()).build());
    assertEquals(KillInstanceResponse.getDefaultInstance(), killed.next());
    var _ = kill("");
    assertEquals(9, agent.asked().getSignal().getSignal());
    assertRefused(INVALID_ARGUMENT, "SIGHUP", kill("NOPE").end());
  }

  @Test
  void whoSignalsOrPausesIsInTheLog() throws Exception {
    FakeAgent agent = host("kill", "signals", "pause");
    AssignedInstance web = web(agent, InstanceState.INSTANCE_STATE_RUNNING);
    try (AuditLines lines = AuditLines.listen()) {
      var _ = kill("usr1");
      assertSaid("kill", web, ": signal 10", lines.next());
      var _ = ask("web.1");
      assertSaid("pause", web, "", lines.next());
      users()
          .unpauseInstance(
              UnpauseInstanceRequest.newBuilder().setInstance("web.1").build(), new Recorder<>());
      assertSaid("unpause", web, "", lines.next());
    }
  }

  private static void assertSaid(String what, AssignedInstance of, String detail, String line) {
    assertTrue(line.startsWith(what + " by "), line);
    assertTrue(line.contains("web.1") && line.contains(of.getInstanceId()), line);
    assertTrue(line.endsWith(detail), line);
  }

  @Test
  void sendsAMachineNothingButKill() throws Exception {
    FakeAgent agent = host("kill");
    var _ = web(agent, InstanceState.INSTANCE_STATE_RUNNING);
    assertRefused(FAILED_PRECONDITION, "no signal but KILL", kill("HUP").end());
    var _ = kill("9");
    assertEquals(9, agent.asked().getSignal().getSignal());
  }

  private Recorder<ListProcessesRequest, ListProcessesResponse> top(String... options)
      throws Exception {
    Recorder<ListProcessesRequest, ListProcessesResponse> answer = new Recorder<>();
    users()
        .listProcesses(
            ListProcessesRequest.newBuilder()
                .setInstance("web.1")
                .addAllPsOptions(List.of(options))
                .build(),
            answer);
    return answer;
  }

  @Test
  void passesOnWhichProcessesThereAre() throws Exception {
    FakeAgent agent = host("top");
    String id = web(agent, InstanceState.INSTANCE_STATE_RUNNING).getInstanceId();
    Recorder<ListProcessesRequest, ListProcessesResponse> table = top("-o", "pid");
    OpenStream question = agent.asked();
    assertEquals(
        ProcessesStreamRequest.newBuilder()
            .setInstanceId(id)
            .addPsOptions("-o")
            .addPsOptions("pid")
            .build(),
        question.getProcesses());
    ListProcessesResponse said = ListProcessesResponse.newBuilder().addTitles("PID").build();
    agent
        .dial(question.getStreamId(), new Recorder<>())
        .onNext(AttachStreamRequest.newBuilder().setProcesses(said).build());
    assertEquals(said, table.next());
    assertRefused(INVALID_ARGUMENT, "at most 32 words", top("two words").end());
    assertRefused(INVALID_ARGUMENT, "at most 32 words", top("x".repeat(257)).end());
  }

  @Test
  void saysWhatADriverDoesNotSeeOrCopy() throws Exception {
    FakeAgent agent = host("kill");
    var _ = web(agent, InstanceState.INSTANCE_STATE_RUNNING);
    assertRefused(FAILED_PRECONDITION, "berth console", top().end());
    assertRefused(FAILED_PRECONDITION, "cannot copy", stat("/etc").end());
  }

  private Recorder<StatPathRequest, PathStat> stat(String path) throws Exception {
    Recorder<StatPathRequest, PathStat> answer = new Recorder<>();
    users()
        .statPath(StatPathRequest.newBuilder().setInstance("web.1").setPath(path).build(), answer);
    return answer;
  }

  @Test
  void copiesOutOfWhatNeedNotRun() throws Exception {
    FakeAgent agent = host("copy");
    String id = web(agent, InstanceState.INSTANCE_STATE_PREPARING).getInstanceId();
    Recorder<StatPathRequest, PathStat> stat = stat("/etc");
    OpenStream question = agent.asked();
    PathStreamRequest asked =
        PathStreamRequest.newBuilder().setInstanceId(id).setPath("/etc").build();
    assertEquals(asked, question.getPathStat());
    PathStat there = PathStat.newBuilder().setName("etc").build();
    agent
        .dial(question.getStreamId(), new Recorder<>())
        .onNext(AttachStreamRequest.newBuilder().setPathStat(there).build());
    assertEquals(there, stat.next());
    Recorder<CopyFromInstanceRequest, CopyFromInstanceResponse> archive = new Recorder<>();
    users()
        .copyFromInstance(
            CopyFromInstanceRequest.newBuilder().setInstance("web.1").setPath("/etc").build(),
            archive);
    question = agent.asked();
    assertEquals(asked, question.getCopyFrom());
    StreamObserver<AttachStreamRequest> says = agent.dial(question.getStreamId(), new Recorder<>());
    says.onNext(AttachStreamRequest.newBuilder().setData(ByteString.copyFromUtf8("tar")).build());
    assertEquals("tar", archive.next().getData().toStringUtf8());
    says.onCompleted();
    assertEquals(Status.OK, archive.end());
    assertRefused(INVALID_ARGUMENT, "1 to 4096", stat("").end());
    assertRefused(INVALID_ARGUMENT, "1 to 4096", stat("x".repeat(4097)).end());
  }

  @Test
  void copiesIntoOneAndAnswersWhenAllIsThere() throws Exception {
    FakeAgent agent = host("copy");
    String id = web(agent, InstanceState.INSTANCE_STATE_RUNNING).getInstanceId();
    Recorder<CopyToInstanceRequest, CopyToInstanceResponse> answer = new Recorder<>();
    StreamObserver<CopyToInstanceRequest> user = users().copyToInstance(answer);
    user.onNext(
        CopyToInstanceRequest.newBuilder()
            .setOpen(
                CopyToInstanceOrder.newBuilder()
                    .setInstance("web.1")
                    .setPath("/srv")
                    .setKeepOwners(true))
            .build());
    OpenStream question = agent.asked();
    assertEquals(
        PathStreamRequest.newBuilder()
            .setInstanceId(id)
            .setPath("/srv")
            .setKeepOwners(true)
            .build(),
        question.getCopyTo());
    Recorder<AttachStreamRequest, AttachStreamResponse> hears = new Recorder<>();
    StreamObserver<AttachStreamRequest> says = agent.dial(question.getStreamId(), hears);
    user.onNext(CopyToInstanceRequest.newBuilder().setData(ByteString.copyFromUtf8("tar")).build());
    assertEquals("tar", hears.next().getData().toStringUtf8());
    user.onCompleted();
    assertTrue(hears.next().hasInputEnd());
    says.onNext(AttachStreamRequest.newBuilder().setDone(StreamDone.getDefaultInstance()).build());
    says.onCompleted();
    assertEquals(CopyToInstanceResponse.getDefaultInstance(), answer.next());
    assertEquals(Status.OK, answer.end());
  }

  @Test
  void refusesCopiesThatBeginWithoutSayingWhere() throws Exception {
    Recorder<CopyToInstanceRequest, CopyToInstanceResponse> answer = new Recorder<>();
    users()
        .copyToInstance(answer)
        .onNext(CopyToInstanceRequest.newBuilder().setData(ByteString.EMPTY).build());
    assertRefused(INVALID_ARGUMENT, "open first", answer.end());
    Recorder<CopyToInstanceRequest, CopyToInstanceResponse> nothing = new Recorder<>();
    users().copyToInstance(nothing).onCompleted();
    assertRefused(INVALID_ARGUMENT, "none came", nothing.end());
  }

  @Test
  void refusesWhatCannotStandStill() throws Exception {
    FakeAgent agent = host();
    var _ = web(agent, InstanceState.INSTANCE_STATE_RUNNING);
    assertRefused(FAILED_PRECONDITION, "node n1", ask("web.1").end());
  }
}
