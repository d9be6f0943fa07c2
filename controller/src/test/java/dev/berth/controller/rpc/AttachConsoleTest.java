package dev.berth.controller.rpc;

import static io.grpc.Status.Code.ABORTED;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.ExecServiceGrpc;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenConsole;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.Resources;
import dev.berth.v1.StreamFailure;
import dev.berth.v1.StreamOpened;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmSpec;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class AttachConsoleTest {
  private static final int CHUNK = 32 * 1024;

  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent agent;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    RpcHarness.Joined node = harness.join("n1");
    agent = new FakeAgent(node, harness.channel(node.credentials()));
    agent.hello(agent.hello().setDescription(host("logs", "console")));
    agent.await(OpenSessionResponse::hasAssignments);
    CreateWorkloadRequest.Builder guest = RpcHarness.service("guest", 1).toBuilder();
    guest
        .getWorkloadBuilder()
        .getSpecBuilder()
        .setVm(VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage("test/guest")))
        .setResources(Resources.newBuilder().setCpuMillis(1000).setMemoryBytes(64L << 20));
    var _ = harness.workloads().createWorkload(guest.build());
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private static NodeDescription.Builder host(String... capabilities) {
    return FakeAgent.host()
        .addDrivers(
            DriverDescription.newBuilder()
                .setName("libvirt")
                .setKind(Kind.KIND_VM)
                .setAvailable(true)
                .addAllCapabilities(List.of(capabilities)));
  }

  private void runs(long report, String workload) throws Exception {
    agent.report(
        report,
        agent.awaitInstance(workload).getInstanceId(),
        FakeAgent.status(InstanceState.INSTANCE_STATE_RUNNING));
    agent.await(message -> message.getStatusAck() == report);
  }

  private void guestRuns() throws Exception {
    runs(1, "guest");
  }

  /// A user's side of a console.
  private static final class User {
    final Recorder<AttachConsoleRequest, AttachConsoleResponse> got;
    final ClientCallStreamObserver<AttachConsoleRequest> says;

    User(Channel channel, int prefetch) {
      got = new Recorder<>(prefetch);
      says =
          (ClientCallStreamObserver<AttachConsoleRequest>)
              ExecServiceGrpc.newStub(channel).attachConsole(got);
    }

    User open(String instance) {
      says.onNext(
          AttachConsoleRequest.newBuilder()
              .setOpen(OpenConsole.newBuilder().setInstance(instance).setForce(true))
              .build());
      return this;
    }

    void type(int bytes) {
      says.onNext(
          AttachConsoleRequest.newBuilder().setInput(ByteString.copyFrom(new byte[bytes])).build());
    }
  }

  private User user(String instance) throws Exception {
    return new User(harness.admin(), -1).open(instance);
  }

  /// An agent's side of a console.
  private final class Machine {
    final Recorder<AttachStreamRequest, AttachStreamResponse> hears;
    final ClientCallStreamObserver<AttachStreamRequest> says;

    Machine(int prefetch) throws Exception {
      OpenStream asked = agent.await(OpenSessionResponse::hasOpenStream).getOpenStream();
      assertTrue(asked.getConsole().getForce());
      assertEquals(
          agent.awaitInstance("guest").getInstanceId(), asked.getConsole().getInstanceId());
      hears = new Recorder<>(prefetch);
      StreamObserver<AttachStreamRequest> stream =
          AgentServiceGrpc.newStub(agent.channel).attachStream(hears);
      says = (ClientCallStreamObserver<AttachStreamRequest>) stream;
      says.onNext(AttachStreamRequest.newBuilder().setStreamId(asked.getStreamId()).build());
    }

    void opened() {
      says.onNext(
          AttachStreamRequest.newBuilder().setOpened(StreamOpened.getDefaultInstance()).build());
    }

    void write(int bytes) {
      says.onNext(
          AttachStreamRequest.newBuilder().setData(ByteString.copyFrom(new byte[bytes])).build());
    }
  }

  @Test
  void carriesBothWaysUntilTheMachineEnds() throws Exception {
    guestRuns();
    User user = user("guest.1");
    Machine machine = new Machine(-1);
    machine.opened();
    assertEquals("guest.1", user.got.next().getOpened().getName());
    for (int size = 1; size <= CHUNK; size *= 8) {
      machine.write(size);
      assertEquals(size, user.got.next().getOutput().size());
      user.type(size);
      assertEquals(size, machine.hears.next().getData().size());
    }
    user.says.onCompleted();
    assertTrue(machine.hears.next().hasInputEnd());
    machine.write(3);
    assertEquals(3, user.got.next().getOutput().size());
    machine.says.onCompleted();
    assertEquals(Status.OK, user.got.end());
    assertEquals(Status.OK, machine.hears.end());
  }

  @Test
  void anEndOfInputBeforeTheAgentDialsIsNotLost() throws Exception {
    guestRuns();
    User user = user("guest.1");
    user.type(5);
    user.says.onCompleted();
    Machine machine = new Machine(-1);
    machine.opened();
    assertEquals(5, machine.hears.next().getData().size());
    assertTrue(machine.hears.next().hasInputEnd());
    machine.says.onCompleted();
    assertTrue(user.got.next().hasOpened());
    assertEquals(Status.OK, user.got.end());
  }

  @Test
  void holdsBackWhoeverIsFaster() throws Exception {
    guestRuns();
    User user = new User(harness.admin(), 1).open("guest.1");
    Machine machine = new Machine(0);
    machine.opened();
    assertTrue(user.got.next().hasOpened());
    int typed = 0;
    int written = 0;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    while (System.nanoTime() < deadline) {
      if (user.says.isReady()) {
        user.type(CHUNK);
        typed++;
      } else if (machine.says.isReady()) {
        machine.write(CHUNK);
        written++;
      } else {
        Thread.onSpinWait();
      }
    }
    assertTrue(typed < 200, "typed ahead: " + typed + " x 32 KiB");
    assertTrue(written < 200, "written ahead: " + written + " x 32 KiB");
    user.got.request(Integer.MAX_VALUE);
    machine.hears.request(Integer.MAX_VALUE);
    for (int i = 0; i < written; i++) {
      assertEquals(CHUNK, user.got.next().getOutput().size());
    }
    for (int i = 0; i < typed; i++) {
      assertEquals(CHUNK, machine.hears.next().getData().size());
    }
  }

  @Test
  void endsTheAgentsStreamWhenTheUserLeaves() throws Exception {
    guestRuns();
    User user = user("guest.1");
    Machine machine = new Machine(-1);
    machine.opened();
    assertTrue(user.got.next().hasOpened());
    user.got.cancel();
    assertEquals(ABORTED, machine.hears.end().getCode());
  }

  @Test
  void tellsTheUserWhenTheAgentGoesAway() throws Exception {
    guestRuns();
    User user = user("guest.1");
    Machine machine = new Machine(-1);
    machine.opened();
    assertTrue(user.got.next().hasOpened());
    machine.hears.cancel();
    assertEquals(UNAVAILABLE, user.got.end().getCode());
  }

  @Test
  void passesOnThatSomeoneIsAttachedOrTookItOver() throws Exception {
    guestRuns();
    for (Status.Code code : new Status.Code[] {FAILED_PRECONDITION, ABORTED}) {
      User user = user("guest.1");
      new Machine(-1)
          .says.onNext(
              AttachStreamRequest.newBuilder()
                  .setFailure(StreamFailure.newBuilder().setCode(code.value()).setMessage("busy"))
                  .build());
      assertEquals(code, user.got.end().getCode());
      assertEquals("busy", user.got.end().getDescription());
    }
  }

  @Test
  void endsAStreamOnWhichAnAgentBreaksTheRules() throws Exception {
    guestRuns();
    User early = user("guest.1");
    Machine hasty = new Machine(-1);
    hasty.write(1);
    assertEquals(FAILED_PRECONDITION, hasty.hears.end().getCode());
    assertEquals(UNAVAILABLE, early.got.end().getCode());
    User flooded = user("guest.1");
    Machine large = new Machine(-1);
    large.opened();
    large.write(CHUNK + 1);
    assertEquals(FAILED_PRECONDITION, large.hears.end().getCode());
    assertTrue(flooded.got.next().hasOpened());
    assertEquals(UNAVAILABLE, flooded.got.end().getCode());
  }

  @Test
  void refusesInputThatIsTooLargeOrOutOfTurn() throws Exception {
    guestRuns();
    User early = new User(harness.admin(), -1);
    early.type(1);
    assertEquals(INVALID_ARGUMENT, early.got.end().getCode());
    User silent = new User(harness.admin(), -1);
    silent.says.onCompleted();
    assertEquals(INVALID_ARGUMENT, silent.got.end().getCode());
    User twice = user("guest.1").open("guest.1");
    Machine machine = new Machine(-1);
    assertEquals(INVALID_ARGUMENT, twice.got.end().getCode());
    assertEquals(ABORTED, machine.hears.end().getCode());
    User large = user("guest.1");
    Machine other = new Machine(-1);
    large.type(CHUNK + 1);
    assertEquals(INVALID_ARGUMENT, large.got.end().getCode());
    assertEquals(ABORTED, other.hears.end().getCode());
  }

  @Test
  void refusesAgents() throws Exception {
    guestRuns();
    User intruder = new User(agent.channel, -1).open("guest.1");
    assertEquals(PERMISSION_DENIED, intruder.got.end().getCode());
  }

  @Test
  void refusesWhatHasNoConsoleNow() throws Exception {
    assertEquals(NOT_FOUND, user("none.1").got.end().getCode());
    Status early = user("guest.1").got.end();
    assertEquals(FAILED_PRECONDITION, early.getCode());
    assertTrue(String.valueOf(early.getDescription()).startsWith("guest.1 does not run"));
    guestRuns();
    var _ = harness.workloads().createWorkload(RpcHarness.service("web", 1));
    runs(2, "web");
    Status container = user("web.1").got.end();
    assertEquals(FAILED_PRECONDITION, container.getCode());
    assertTrue(String.valueOf(container.getDescription()).startsWith("web.1 has no console"));
  }

  @Test
  void refusesAGuestWhoseDriverHasNoConsoles() throws Exception {
    guestRuns();
    agent.stream.onNext(OpenSessionRequest.newBuilder().setDescription(host("logs")).build());
    GetNodeRequest node = GetNodeRequest.newBuilder().setName("n1").build();
    boolean known = false;
    while (!known) {
      known =
          harness.nodes().getNode(node).getDescription().getDriversList().stream()
              .noneMatch(driver -> driver.getCapabilitiesList().contains("console"));
    }
    assertEquals(FAILED_PRECONDITION, user("guest.1").got.end().getCode());
  }

  @Test
  void saysThatTheNodeIsNotConnected() throws Exception {
    guestRuns();
    agent.stream.onCompleted();
    assertEquals(Status.OK, agent.end());
    assertEquals(UNAVAILABLE, user("guest.1").got.end().getCode());
  }
}
