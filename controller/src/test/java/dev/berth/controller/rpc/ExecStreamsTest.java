package dev.berth.controller.rpc;

import static io.grpc.Status.Code.ABORTED;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AttachRequest;
import dev.berth.v1.AttachResponse;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.ExecEnded;
import dev.berth.v1.ExecRequest;
import dev.berth.v1.ExecResponse;
import dev.berth.v1.ExecServiceGrpc;
import dev.berth.v1.ForwardPortRequest;
import dev.berth.v1.ForwardPortResponse;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import dev.berth.v1.LeaveRunning;
import dev.berth.v1.OpenAttach;
import dev.berth.v1.OpenExec;
import dev.berth.v1.OpenForward;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamOpened;
import dev.berth.v1.TerminalSize;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Commands, programs and ports, between a user and an agent.
@Timeout(180)
final class ExecStreamsTest {
  private static final int CHUNK = 32 * 1024;
  private static final TerminalSize SIZE =
      TerminalSize.newBuilder().setColumns(120).setRows(40).build();

  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent agent;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    RpcHarness.Joined node = harness.join("n1");
    agent = new FakeAgent(node, harness.channel(node.credentials()));
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  /// A container `web.1` runs on a node whose driver can do so much.
  private void webRuns(String... capabilities) throws Exception {
    DriverDescription driver =
        DriverDescription.newBuilder()
            .setName("docker")
            .setKind(Kind.KIND_CONTAINER)
            .setAvailable(true)
            .addAllCapabilities(List.of(capabilities))
            .build();
    agent.hello(agent.hello().setDescription(FakeAgent.host().clearDrivers().addDrivers(driver)));
    agent.await(OpenSessionResponse::hasAssignments);
    var _ = harness.workloads().createWorkload(RpcHarness.service("web", 1));
    agent.report(
        1,
        agent.awaitInstance("web").getInstanceId(),
        FakeAgent.status(InstanceState.INSTANCE_STATE_RUNNING));
    agent.await(message -> message.getStatusAck() == 1);
  }

  /// A user's side of a command.
  private static final class User {
    final Recorder<ExecRequest, ExecResponse> got;
    final ClientCallStreamObserver<ExecRequest> says;

    User(Channel channel, int prefetch) {
      got = new Recorder<>(prefetch);
      says = (ClientCallStreamObserver<ExecRequest>) ExecServiceGrpc.newStub(channel).exec(got);
    }

    User open(UnaryOperator<OpenExec.Builder> wish) {
      OpenExec.Builder exec = OpenExec.newBuilder().setInstance("web.1").addCommand("sh");
      says.onNext(ExecRequest.newBuilder().setOpen(wish.apply(exec)).build());
      return this;
    }
  }

  private User user() throws Exception {
    return new User(harness.admin(), -1).open(exec -> exec);
  }

  /// An agent's side of what it was asked for.
  private final class Peer {
    final OpenStream asked;
    final Recorder<AttachStreamRequest, AttachStreamResponse> hears;
    final ClientCallStreamObserver<AttachStreamRequest> says;

    Peer() throws Exception {
      asked = agent.await(OpenSessionResponse::hasOpenStream).getOpenStream();
      hears = new Recorder<>(-1);
      StreamObserver<AttachStreamRequest> stream =
          AgentServiceGrpc.newStub(agent.channel).attachStream(hears);
      says = (ClientCallStreamObserver<AttachStreamRequest>) stream;
      says.onNext(AttachStreamRequest.newBuilder().setStreamId(asked.getStreamId()).build());
    }

    Peer opened() {
      says.onNext(
          AttachStreamRequest.newBuilder()
              .setOpened(StreamOpened.newBuilder().setTerminal(true).setInput(true))
              .build());
      return this;
    }

    void write(int bytes) {
      says.onNext(
          AttachStreamRequest.newBuilder().setData(ByteString.copyFrom(new byte[bytes])).build());
    }

    void complain(String text) {
      says.onNext(
          AttachStreamRequest.newBuilder().setErrorData(ByteString.copyFromUtf8(text)).build());
    }

    void end(int exitCode) {
      says.onNext(
          AttachStreamRequest.newBuilder()
              .setExecEnded(ExecEnded.newBuilder().setExitCode(exitCode))
              .build());
      says.onCompleted();
    }
  }

  @Test
  void aCommandIsHeardAndHearsAndItsExitCodeComesLast() throws Exception {
    webRuns("exec");
    User user = new User(harness.admin(), -1).open(exec -> exec.setInput(true).setUser("1000"));
    Peer command = new Peer().opened();
    assertEquals("1000", command.asked.getExec().getOptions().getUser());
    assertEquals(List.of("sh"), command.asked.getExec().getOptions().getCommandList());
    assertEquals("web.1", user.got.next().getOpened().getName());
    user.says.onNext(ExecRequest.newBuilder().setInput(ByteString.copyFromUtf8("echo\n")).build());
    assertEquals("echo\n", command.hears.next().getData().toStringUtf8());
    user.says.onNext(ExecRequest.newBuilder().setSize(SIZE).build());
    assertEquals(SIZE, command.hears.next().getSize());
    command.write(3);
    command.complain("oh");
    command.write(CHUNK);
    command.end(7);
    assertEquals(3, user.got.next().getOutput().size());
    assertEquals("oh", user.got.next().getErrorOutput().toStringUtf8());
    assertEquals(CHUNK, user.got.next().getOutput().size());
    assertEquals(7, user.got.next().getEnded().getExitCode());
    assertEquals(Status.OK, user.got.end());
  }

  @Test
  void manyPiecesArriveWholeAndInOrderWhateverThePaceOfTheReader() throws Exception {
    webRuns("exec");
    User user = new User(harness.admin(), 1).open(exec -> exec);
    Peer command = new Peer().opened();
    assertTrue(user.got.next().hasOpened());
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; i < 1_000; i++) {
                    while (!command.says.isReady()) {
                      Thread.onSpinWait();
                    }
                    command.write(CHUNK - i);
                  }
                  command.end(0);
                });
    for (int i = 0; i < 1_000; i++) {
      user.got.request(1);
      assertEquals(CHUNK - i, user.got.next().getOutput().size());
    }
    user.got.request(1);
    assertEquals(0, user.got.next().getEnded().getExitCode());
    writer.join();
    assertEquals(Status.OK, user.got.end());
  }

  @Test
  void whoLeavesSaysSoAndWhoGoesAwayIsMissed() throws Exception {
    webRuns("exec");
    User polite = user();
    Peer left = new Peer().opened();
    assertTrue(polite.got.next().hasOpened());
    polite.says.onNext(
        ExecRequest.newBuilder().setLeave(LeaveRunning.getDefaultInstance()).build());
    assertTrue(left.hears.next().hasLeave());
    left.says.onCompleted();
    assertEquals(Status.OK, polite.got.end());
    User rude = user();
    Peer lost = new Peer().opened();
    assertTrue(rude.got.next().hasOpened());
    rude.got.cancel();
    assertEquals(ABORTED, lost.hears.end().getCode());
  }

  @Test
  void anAgentThatGoesAwayEndsTheCommandWithAWord() throws Exception {
    webRuns("exec");
    User user = user();
    Peer command = new Peer().opened();
    assertTrue(user.got.next().hasOpened());
    command.hears.cancel();
    assertEquals(UNAVAILABLE, user.got.end().getCode());
    assertTrue(String.valueOf(user.got.end().getDescription()).contains("node n1"));
  }

  @Test
  void refusesWhatIsWrongOrCannotBeDone() throws Exception {
    webRuns("logs");
    Status cannot = user().got.end();
    assertEquals(FAILED_PRECONDITION, cannot.getCode());
    assertTrue(String.valueOf(cannot.getDescription()).contains("cannot run commands"));
    User empty = new User(harness.admin(), -1).open(OpenExec.Builder::clearCommand);
    assertEquals(INVALID_ARGUMENT, empty.got.end().getCode());
    User early = new User(harness.admin(), -1);
    early.says.onNext(ExecRequest.newBuilder().setSize(SIZE).build());
    assertEquals(INVALID_ARGUMENT, early.got.end().getCode());
    User intruder = new User(agent.channel, -1).open(exec -> exec);
    assertEquals(PERMISSION_DENIED, intruder.got.end().getCode());
  }

  @Test
  void refusesASizeThatNoTerminalHas() throws Exception {
    webRuns("exec");
    User user = user();
    Peer command = new Peer().opened();
    assertTrue(user.got.next().hasOpened());
    user.says.onNext(
        ExecRequest.newBuilder().setSize(TerminalSize.newBuilder().setColumns(80)).build());
    assertEquals(INVALID_ARGUMENT, user.got.end().getCode());
    assertEquals(ABORTED, command.hears.end().getCode());
  }

  @Test
  void attachesToAProgram() throws Exception {
    webRuns("attach");
    Recorder<AttachRequest, AttachResponse> got = new Recorder<>(-1);
    StreamObserver<AttachRequest> says = ExecServiceGrpc.newStub(harness.admin()).attach(got);
    says.onNext(
        AttachRequest.newBuilder()
            .setOpen(OpenAttach.newBuilder().setInstance("web.1").setInput(true))
            .build());
    Peer program = new Peer().opened();
    assertTrue(program.asked.getProgram().getOptions().getInput());
    AttachResponse first = got.next();
    assertTrue(first.getOpened().getTerminal() && first.getOpened().getInput(), "" + first);
    says.onNext(AttachRequest.newBuilder().setInput(ByteString.copyFromUtf8("x")).build());
    assertEquals("x", program.hears.next().getData().toStringUtf8());
    says.onCompleted();
    assertTrue(program.hears.next().hasInputEnd());
    program.complain("oh");
    assertEquals("oh", got.next().getErrorOutput().toStringUtf8());
    program.says.onCompleted();
    assertEquals(Status.OK, got.end());
  }

  @Test
  void connectsToAPort() throws Exception {
    webRuns("forward");
    Recorder<ForwardPortRequest, ForwardPortResponse> got = new Recorder<>(-1);
    StreamObserver<ForwardPortRequest> says =
        ExecServiceGrpc.newStub(harness.admin()).forwardPort(got);
    says.onNext(open(80));
    Peer port = new Peer().opened();
    assertEquals(80, port.asked.getForward().getPort());
    assertEquals("web.1", got.next().getOpened().getName());
    says.onNext(ForwardPortRequest.newBuilder().setData(ByteString.copyFromUtf8("GET")).build());
    assertEquals("GET", port.hears.next().getData().toStringUtf8());
    port.write(5);
    assertEquals(5, got.next().getData().size());
    port.says.onCompleted();
    assertEquals(Status.OK, got.end());
    for (int bad : new int[] {0, 65_536, -1}) {
      Recorder<ForwardPortRequest, ForwardPortResponse> refused = new Recorder<>(-1);
      ExecServiceGrpc.newStub(harness.admin()).forwardPort(refused).onNext(open(bad));
      assertEquals(INVALID_ARGUMENT, refused.end().getCode());
    }
  }

  private static ForwardPortRequest open(int port) {
    return ForwardPortRequest.newBuilder()
        .setOpen(OpenForward.newBuilder().setInstance("web.1").setPort(port))
        .build();
  }
}
