package dev.berth.controller.rpc;

import static io.grpc.Status.Code.ABORTED;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.RESOURCE_EXHAUSTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Layer;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever an agent does wrong ends its own session, and no other agent notices.
final class AgentStreamTest {
  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent bystander;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    bystander = FakeAgent.connected(harness, "bystander");
  }

  @AfterEach
  void stop() throws Exception {
    try {
      bystander.heartbeat(1);
      assertEquals(1, bystander.await(OpenSessionResponse::hasHeartbeatAck).getHeartbeatAck());
    } finally {
      harness.close();
    }
  }

  private FakeAgent dialled(String name) throws Exception {
    RpcHarness.Joined node = harness.join(name);
    return new FakeAgent(node, harness.channel(node.credentials()));
  }

  private static void ended(Status.Code code, FakeAgent agent) throws Exception {
    Status end = agent.end();
    assertEquals(code, end.getCode(), end.toString());
  }

  @Test
  void welcomesThenSendsTheCompleteSetThenAcknowledges() throws Exception {
    FakeAgent agent = dialled("n1");
    agent.hello(agent.hello());
    OpenSessionResponse welcome = agent.received.next();
    assertEquals(agent.node.clusterUid(), welcome.getWelcome().getClusterUid());
    assertTrue(agent.received.next().hasAssignments());
    agent.heartbeat(1);
    assertEquals(1, agent.await(OpenSessionResponse::hasHeartbeatAck).getHeartbeatAck());
  }

  @Test
  void refusesTheNameOfAnotherNode() throws Exception {
    FakeAgent agent = dialled("n1");
    agent.hello(agent.hello().setNode("bystander"));
    ended(PERMISSION_DENIED, agent);
  }

  @Test
  void refusesTheIdentityOfAnotherNode() throws Exception {
    FakeAgent agent = dialled("n1");
    agent.hello(agent.hello().setNodeUid(bystander.node.uid()));
    ended(PERMISSION_DENIED, agent);
  }

  @Test
  void refusesAnAgentOfAnotherCluster() throws Exception {
    FakeAgent agent = dialled("n1");
    agent.hello(agent.hello().setClusterUid("00000000-0000-4000-8000-000000000000"));
    ended(FAILED_PRECONDITION, agent);
  }

  @Test
  void refusesAnAgentThatObeyedAHigherEpoch() throws Exception {
    FakeAgent agent = dialled("n1");
    agent.hello(agent.hello().setHighestEpoch(1L << 40));
    ended(FAILED_PRECONDITION, agent);
  }

  @Test
  void refusesReplayedAndReorderedReports() throws Exception {
    FakeAgent replays = FakeAgent.connected(harness, "n1");
    replays.report(1, "a".repeat(32), FakeAgent.status(InstanceState.INSTANCE_STATE_RUNNING));
    assertEquals(1, replays.await(OpenSessionResponse::hasStatusAck).getStatusAck());
    replays.report(1, "a".repeat(32), FakeAgent.status(InstanceState.INSTANCE_STATE_RUNNING));
    ended(FAILED_PRECONDITION, replays);
    FakeAgent skips = FakeAgent.connected(harness, "n2");
    skips.report(2, "a".repeat(32), FakeAgent.status(InstanceState.INSTANCE_STATE_RUNNING));
    ended(FAILED_PRECONDITION, skips);
  }

  @Test
  void refusesRepeatedHeartbeats() throws Exception {
    FakeAgent agent = FakeAgent.connected(harness, "n1");
    agent.heartbeat(1);
    var _ = agent.await(OpenSessionResponse::hasHeartbeatAck);
    agent.heartbeat(1);
    ended(FAILED_PRECONDITION, agent);
  }

  @Test
  void refusesTheStatusOfAnInstanceOnAnotherNode() throws Exception {
    var _ = harness.workloads().createWorkload(RpcHarness.service("web", 1));
    AssignedInstance instance = bystander.awaitInstance("web");
    FakeAgent thief = FakeAgent.connected(harness, "n1");
    thief.report(
        1, instance.getInstanceId(), FakeAgent.status(InstanceState.INSTANCE_STATE_FAILED));
    ended(PERMISSION_DENIED, thief);
    Instance untouched =
        harness
            .instances()
            .getInstance(GetInstanceRequest.newBuilder().setInstance("web.1").build());
    assertEquals(InstanceState.INSTANCE_STATE_ASSIGNED, untouched.getStatus().getState());
  }

  @Test
  void wantsTheHelloFirstAndOnce() throws Exception {
    FakeAgent eager = dialled("n1");
    eager.heartbeat(1);
    ended(FAILED_PRECONDITION, eager);
    FakeAgent twice = FakeAgent.connected(harness, "n2");
    twice.hello(twice.hello());
    ended(FAILED_PRECONDITION, twice);
    FakeAgent empty = FakeAgent.connected(harness, "n3");
    empty.stream.onNext(OpenSessionRequest.getDefaultInstance());
    ended(FAILED_PRECONDITION, empty);
  }

  @Test
  void endsTheOlderSessionOfANode() throws Exception {
    FakeAgent older = FakeAgent.connected(harness, "n1");
    FakeAgent newer = new FakeAgent(older.node, harness.channel(older.node.credentials()));
    newer.hello(newer.hello());
    var _ = newer.await(OpenSessionResponse::hasAssignments);
    ended(ABORTED, older);
    newer.heartbeat(1);
    var _ = newer.await(OpenSessionResponse::hasHeartbeatAck);
  }

  @Test
  void refusesAMillionLabels() throws Exception {
    FakeAgent agent = dialled("n1");
    NodeDescription.Builder description = FakeAgent.host();
    for (int layer = 0; layer < 2; layer++) {
      Layer.Builder full = Layer.newBuilder().setName("kernel");
      for (int i = 0; i < 50_000; i++) {
        full.putAttributes("k" + i, "v");
      }
      description.addLayers(full);
    }
    agent.hello(agent.hello().setDescription(description));
    ended(FAILED_PRECONDITION, agent);
    FakeAgent tooLarge = dialled("n2");
    tooLarge.hello(
        tooLarge.hello().setDescription(FakeAgent.host().setAgentVersion("v".repeat(5 << 20))));
    ended(RESOURCE_EXHAUSTED, tooLarge);
  }

  @Test
  void cutsLongMessagesAndMarksThem() throws Exception {
    var _ = harness.workloads().createWorkload(RpcHarness.service("web", 1));
    AssignedInstance instance = bystander.awaitInstance("web");
    bystander.report(
        1,
        instance.getInstanceId(),
        FakeAgent.status(InstanceState.INSTANCE_STATE_RUNNING).setMessage("m".repeat(100_000)));
    var _ = bystander.await(OpenSessionResponse::hasStatusAck);
    String message =
        harness
            .instances()
            .getInstance(GetInstanceRequest.newBuilder().setInstance("web.1").build())
            .getStatus()
            .getMessage();
    assertTrue(message.length() <= 1024 && message.endsWith("m…"), message);
  }

  @Test
  void refusesStatesThatAgentsDoNotWrite() throws Exception {
    FakeAgent agent = FakeAgent.connected(harness, "n1");
    CreateWorkloadRequest.Builder spread = RpcHarness.service("web", 2).toBuilder();
    spread.getWorkloadBuilder().getSpecBuilder().getPlacementBuilder().addSpread("node.name");
    var _ = harness.workloads().createWorkload(spread.build());
    AssignedInstance instance = agent.awaitInstance("web");
    agent.report(1, instance.getInstanceId(), FakeAgent.status(InstanceState.INSTANCE_STATE_LOST));
    ended(FAILED_PRECONDITION, agent);
  }

  @Test
  void refusesBytesThatAreNoMessage() throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    MethodDescriptor<byte[], OpenSessionResponse> raw =
        AgentServiceGrpc.getOpenSessionMethod().toBuilder(
                new RawBytes(), AgentServiceGrpc.getOpenSessionMethod().getResponseMarshaller())
            .build();
    Recorder<byte[], OpenSessionResponse> received = new Recorder<>();
    StreamObserver<byte[]> stream =
        ClientCalls.asyncBidiStreamingCall(
            harness.channel(node.credentials()).newCall(raw, CallOptions.DEFAULT), received);
    stream.onNext(new byte[] {(byte) 0xff, (byte) 0xff});
    assertEquals(INVALID_ARGUMENT, received.end().getCode());
  }

  @Test
  void endsAllSessionsWhenTheLeadershipEnds() throws Exception {
    FakeAgent agent = FakeAgent.connected(harness, "n1");
    harness.sessions.closeAll("test");
    ended(Status.Code.UNAVAILABLE, agent);
    assertTrue(agent.received.trailers().containsKey(BerthHeaders.ALL_LEAVE));
    bystander = FakeAgent.connected(harness, "n2");
  }
}
