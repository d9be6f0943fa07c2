package dev.berth.controller.rpc;

import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Heartbeat;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.Resources;
import dev.berth.v1.StatusReport;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// An agent that does what a test says.
final class FakeAgent {
  final RpcHarness.Joined node;
  final ManagedChannel channel;
  final Recorder<OpenSessionRequest, OpenSessionResponse> received = new Recorder<>();
  final StreamObserver<OpenSessionRequest> stream;
  final Map<String, AssignedInstance> assigned = new LinkedHashMap<>();

  FakeAgent(RpcHarness.Joined node, ManagedChannel channel) {
    this.node = node;
    this.channel = channel;
    this.stream = AgentServiceGrpc.newStub(channel).openSession(received);
  }

  /// Joins, says hello, and waits for its assignments.
  static FakeAgent connected(RpcHarness harness, String name) throws Exception {
    RpcHarness.Joined node = harness.join(name);
    FakeAgent agent = new FakeAgent(node, harness.channel(node.credentials()));
    agent.hello(agent.hello());
    agent.await(OpenSessionResponse::hasAssignments);
    return agent;
  }

  /// The same on a host with this one driver, which is there.
  static FakeAgent connected(
      RpcHarness harness, String name, String driver, Kind kind, String... capabilities)
      throws Exception {
    RpcHarness.Joined node = harness.join(name);
    FakeAgent agent = new FakeAgent(node, harness.channel(node.credentials()));
    agent.hello(
        agent
            .hello()
            .setDescription(
                host()
                    .clearDrivers()
                    .addDrivers(
                        DriverDescription.newBuilder()
                            .setName(driver)
                            .setKind(kind)
                            .addAllCapabilities(List.of(capabilities))
                            .setAvailable(true))));
    agent.await(OpenSessionResponse::hasAssignments);
    return agent;
  }

  Hello.Builder hello() {
    return Hello.newBuilder()
        .setNode(node.name())
        .setNodeUid(node.uid())
        .setClusterUid(node.clusterUid())
        .setDescription(host());
  }

  static NodeDescription.Builder host() {
    return NodeDescription.newBuilder()
        .setAddress("127.0.0.1")
        .setCapacity(Resources.newBuilder().setCpuMillis(100_000).setMemoryBytes(1L << 40))
        .setDynamicPortFirst(20_000)
        .setDynamicPortLast(20_099)
        .addDrivers(
            DriverDescription.newBuilder()
                .setName("docker")
                .setKind(Kind.KIND_CONTAINER)
                .setAvailable(true)
                .addCapabilities("logs"));
  }

  void hello(Hello.Builder hello) {
    stream.onNext(OpenSessionRequest.newBuilder().setHello(hello).build());
  }

  void heartbeat(long sequence) {
    stream.onNext(
        OpenSessionRequest.newBuilder()
            .setHeartbeat(Heartbeat.newBuilder().setSequence(sequence))
            .build());
  }

  void report(long sequence, String instance, InstanceStatus.Builder status) {
    stream.onNext(
        OpenSessionRequest.newBuilder()
            .setStatusReport(
                StatusReport.newBuilder()
                    .setSequence(sequence)
                    .addInstances(
                        InstanceReport.newBuilder().setInstanceId(instance).setStatus(status)))
            .build());
  }

  static InstanceStatus.Builder status(InstanceState state) {
    return InstanceStatus.newBuilder().setState(state);
  }

  /// Takes messages until one is as wanted.
  OpenSessionResponse await(Predicate<OpenSessionResponse> wanted) throws Exception {
    while (true) {
      OpenSessionResponse message = received.next();
      message.getAssignments().getInstancesList().forEach(this::put);
      message.getAssignmentChange().getChangedList().forEach(this::put);
      if (wanted.test(message)) {
        return message;
      }
    }
  }

  /// Waits until it has an instance of a workload.
  AssignedInstance awaitInstance(String workload) throws Exception {
    while (true) {
      for (AssignedInstance each : assigned.values()) {
        if (each.getWorkload().equals(workload)) {
          return each;
        }
      }
      await(message -> true);
    }
  }

  /// Waits until it is asked for a stream.
  OpenStream asked() throws Exception {
    return await(OpenSessionResponse::hasOpenStream).getOpenStream();
  }

  /// Dials a stream and names it.
  ///
  /// @param hears gets what the controller says on it
  StreamObserver<AttachStreamRequest> dial(
      String streamId, Recorder<AttachStreamRequest, AttachStreamResponse> hears) {
    StreamObserver<AttachStreamRequest> says =
        AgentServiceGrpc.newStub(channel).attachStream(hears);
    says.onNext(AttachStreamRequest.newBuilder().setStreamId(streamId).build());
    return says;
  }

  /// Waits until it is asked for a stream, and dials it. What the controller says on it is lost.
  StreamObserver<AttachStreamRequest> dialAsAsked() throws Exception {
    return dial(asked().getStreamId(), new Recorder<>());
  }

  private void put(AssignedInstance instance) {
    assigned.put(instance.getInstanceId(), instance);
  }

  Status end() throws Exception {
    return received.end();
  }
}
