package dev.berth.controller.rpc;

import static io.grpc.Status.Code.ALREADY_EXISTS;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.CreateVmSnapshotRequest;
import dev.berth.v1.CreateVmSnapshotResponse;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteVmSnapshotRequest;
import dev.berth.v1.DeleteVmSnapshotResponse;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.ListVmSnapshotsRequest;
import dev.berth.v1.ListVmSnapshotsResponse;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.Resources;
import dev.berth.v1.RevertVmSnapshotRequest;
import dev.berth.v1.RevertVmSnapshotResponse;
import dev.berth.v1.StreamFailure;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmServiceGrpc;
import dev.berth.v1.VmSnapshot;
import dev.berth.v1.VmSpec;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class VmServiceTest {
  private static final VmSnapshot CLEAN =
      VmSnapshot.newBuilder().setName("clean").setWithMemory(true).build();

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

  /// A host whose driver of machines has these capabilities, and a guest on it.
  private FakeAgent guestOnAHost(String... capabilities) throws Exception {
    RpcHarness.Joined node = harness.join("n1");
    FakeAgent agent = new FakeAgent(node, harness.channel(node.credentials()));
    agent.hello(
        agent
            .hello()
            .setDescription(
                FakeAgent.host()
                    .addDrivers(
                        DriverDescription.newBuilder()
                            .setName("libvirt")
                            .setKind(Kind.KIND_VM)
                            .setAvailable(true)
                            .addAllCapabilities(List.of(capabilities)))));
    agent.await(OpenSessionResponse::hasAssignments);
    CreateWorkloadRequest.Builder guest = RpcHarness.service("guest", 1).toBuilder();
    guest
        .getWorkloadBuilder()
        .getSpecBuilder()
        .setVm(VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage("test/guest")))
        .setResources(Resources.newBuilder().setCpuMillis(1000).setMemoryBytes(64L << 20));
    var _ = harness.workloads().createWorkload(guest.build());
    var _ = agent.awaitInstance("guest");
    return agent;
  }

  private VmServiceGrpc.VmServiceStub users() throws Exception {
    return VmServiceGrpc.newStub(harness.admin());
  }

  private static void answer(FakeAgent agent, OpenStream asked, VmSnapshot... snapshots) {
    StreamObserver<AttachStreamRequest> says = agent.dial(asked.getStreamId(), new Recorder<>());
    for (VmSnapshot each : snapshots) {
      says.onNext(AttachStreamRequest.newBuilder().setVmSnapshot(each).build());
    }
    says.onCompleted();
  }

  @Test
  void whoChangesSnapshotsIsInTheLog() throws Exception {
    var _ = guestOnAHost("snapshots");
    try (AuditLines lines = AuditLines.listen()) {
      users().createVmSnapshot(create("guest.1", "clean"), new Recorder<>());
      assertSaid("snapshot create", lines.next());
      users()
          .revertVmSnapshot(
              RevertVmSnapshotRequest.newBuilder().setInstance("guest.1").setName("clean").build(),
              new Recorder<>());
      assertSaid("snapshot revert", lines.next());
      users()
          .deleteVmSnapshot(
              DeleteVmSnapshotRequest.newBuilder().setInstance("guest.1").setName("clean").build(),
              new Recorder<>());
      assertSaid("snapshot rm", lines.next());
    }
  }

  private static void assertSaid(String what, String line) {
    assertTrue(line.startsWith(what + " by "), line);
    assertTrue(line.contains("guest.1") && line.endsWith(": clean"), line);
  }

  @Test
  void asksTheMachinesAgentAndHandsOnWhatItSays() throws Exception {
    FakeAgent agent = guestOnAHost("snapshots");
    String id = agent.awaitInstance("guest").getInstanceId();
    Recorder<CreateVmSnapshotRequest, CreateVmSnapshotResponse> created = new Recorder<>();
    users().createVmSnapshot(create("guest.1", "clean"), created);
    OpenStream question = agent.asked();
    assertEquals(id, question.getVmSnapshotCreate().getInstanceId());
    assertEquals("clean", question.getVmSnapshotCreate().getName());
    answer(agent, question, CLEAN);
    assertEquals(CLEAN, created.next().getSnapshot());
    assertEquals(Status.OK, created.end());

    Recorder<ListVmSnapshotsRequest, ListVmSnapshotsResponse> listed = new Recorder<>();
    users()
        .listVmSnapshots(
            ListVmSnapshotsRequest.newBuilder().setInstance(id.substring(0, 8)).build(), listed);
    question = agent.asked();
    assertEquals(id, question.getVmSnapshotList().getInstanceId());
    VmSnapshot later = CLEAN.toBuilder().setName("later").build();
    answer(agent, question, CLEAN, later);
    assertEquals(CLEAN, listed.next().getSnapshot());
    assertEquals(later, listed.next().getSnapshot());
    assertEquals(Status.OK, listed.end());

    Recorder<RevertVmSnapshotRequest, RevertVmSnapshotResponse> reverted = new Recorder<>();
    users()
        .revertVmSnapshot(
            RevertVmSnapshotRequest.newBuilder().setInstance("guest.1").setName("clean").build(),
            reverted);
    question = agent.asked();
    assertEquals("clean", question.getVmSnapshotRevert().getName());
    answer(agent, question, CLEAN);
    assertEquals(CLEAN, reverted.next().getSnapshot());

    Recorder<DeleteVmSnapshotRequest, DeleteVmSnapshotResponse> deleted = new Recorder<>();
    users()
        .deleteVmSnapshot(
            DeleteVmSnapshotRequest.newBuilder().setInstance("guest.1").setName("clean").build(),
            deleted);
    question = agent.asked();
    assertEquals("clean", question.getVmSnapshotDelete().getName());
    answer(agent, question, CLEAN);
    assertEquals(CLEAN, deleted.next().getSnapshot());
  }

  private static CreateVmSnapshotRequest create(String instance, String name) {
    return CreateVmSnapshotRequest.newBuilder().setInstance(instance).setName(name).build();
  }

  private Status end(CreateVmSnapshotRequest request) throws Exception {
    Recorder<CreateVmSnapshotRequest, CreateVmSnapshotResponse> got = new Recorder<>();
    users().createVmSnapshot(request, got);
    return got.end();
  }

  private static void assertRefused(Status.Code code, String word, Status end) {
    assertEquals(code, end.getCode(), end.toString());
    assertTrue(String.valueOf(end.getDescription()).contains(word), end.toString());
  }

  @Test
  void handsOnWhatTheAgentRefusesAndEndsWithIt() throws Exception {
    FakeAgent agent = guestOnAHost("snapshots");
    Recorder<CreateVmSnapshotRequest, CreateVmSnapshotResponse> got = new Recorder<>();
    users().createVmSnapshot(create("guest.1", ""), got);
    agent
        .dialAsAsked()
        .onNext(
            AttachStreamRequest.newBuilder()
                .setFailure(
                    StreamFailure.newBuilder()
                        .setCode(ALREADY_EXISTS.value())
                        .setMessage("guest.1 has one"))
                .build());
    assertRefused(ALREADY_EXISTS, "guest.1 has one", got.end());
    got = new Recorder<>();
    users().createVmSnapshot(create("guest.1", "clean"), got);
    agent.dialAsAsked().onError(new IllegalStateException("gone"));
    assertRefused(UNAVAILABLE, "n1", got.end());
  }

  @Test
  void refusesWhatCanHaveNoSnapshots() throws Exception {
    FakeAgent agent = guestOnAHost("console");
    assertRefused(FAILED_PRECONDITION, "takes no snapshots", end(create("guest.1", "a")));
    assertRefused(NOT_FOUND, "berth ps", end(create("other.1", "a")));
    for (String name : List.of("A", "-a", "a/b", "12", "a".repeat(64), "a b", "..")) {
      assertEquals(INVALID_ARGUMENT, end(create("guest.1", name)).getCode(), name);
    }
    var _ = harness.workloads().createWorkload(RpcHarness.service("web", 1));
    assertRefused(FAILED_PRECONDITION, "only virtual machines", end(create("web.1", "a")));
    Recorder<CreateVmSnapshotRequest, CreateVmSnapshotResponse> got = new Recorder<>();
    VmServiceGrpc.newStub(agent.channel).createVmSnapshot(create("guest.1", "a"), got);
    assertEquals(PERMISSION_DENIED, got.end().getCode());
  }
}
