package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.Names;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.CreateVmSnapshotRequest;
import dev.berth.v1.CreateVmSnapshotResponse;
import dev.berth.v1.DeleteVmSnapshotRequest;
import dev.berth.v1.DeleteVmSnapshotResponse;
import dev.berth.v1.Kind;
import dev.berth.v1.ListVmSnapshotsRequest;
import dev.berth.v1.ListVmSnapshotsResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.RevertVmSnapshotRequest;
import dev.berth.v1.RevertVmSnapshotResponse;
import dev.berth.v1.VmServiceGrpc;
import dev.berth.v1.VmSnapshot;
import dev.berth.v1.VmSnapshotStreamRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Function;

/// The snapshots of virtual machines, through their agents' streams. Nothing of it passes the loop.
final class VmRpc extends VmServiceGrpc.VmServiceImplBase {
  private static final String CAPABILITY = "snapshots";
  private static final int MESSAGE_MAX = 4 << 10;

  private final ControllerLoop loop;
  private final StreamBroker broker;

  VmRpc(ControllerLoop loop, StreamBroker broker) {
    this.loop = loop;
    this.broker = broker;
  }

  @Override
  public void createVmSnapshot(
      CreateVmSnapshotRequest request, StreamObserver<CreateVmSnapshotResponse> caller) {
    if (!request.getName().isEmpty()) {
      Fields.require("name", Names.snapshotProblem(request.getName()));
    }
    CapableInstance machine = find(request.getNamespace(), request.getInstance());
    Audit.say("snapshot create", machine.instance(), request.getName());
    ask(
        machine,
        OpenStream.newBuilder().setVmSnapshotCreate(order(machine, request.getName())),
        caller,
        snapshot -> CreateVmSnapshotResponse.newBuilder().setSnapshot(snapshot).build());
  }

  @Override
  public void listVmSnapshots(
      ListVmSnapshotsRequest request, StreamObserver<ListVmSnapshotsResponse> caller) {
    CapableInstance machine = find(request.getNamespace(), request.getInstance());
    ask(
        machine,
        OpenStream.newBuilder().setVmSnapshotList(order(machine, "")),
        caller,
        snapshot -> ListVmSnapshotsResponse.newBuilder().setSnapshot(snapshot).build());
  }

  @Override
  public void revertVmSnapshot(
      RevertVmSnapshotRequest request, StreamObserver<RevertVmSnapshotResponse> caller) {
    Fields.require("name", Names.snapshotProblem(request.getName()));
    CapableInstance machine = find(request.getNamespace(), request.getInstance());
    Audit.say("snapshot revert", machine.instance(), request.getName());
    ask(
        machine,
        OpenStream.newBuilder().setVmSnapshotRevert(order(machine, request.getName())),
        caller,
        snapshot -> RevertVmSnapshotResponse.newBuilder().setSnapshot(snapshot).build());
  }

  @Override
  public void deleteVmSnapshot(
      DeleteVmSnapshotRequest request, StreamObserver<DeleteVmSnapshotResponse> caller) {
    Fields.require("name", Names.snapshotProblem(request.getName()));
    CapableInstance machine = find(request.getNamespace(), request.getInstance());
    Audit.say("snapshot rm", machine.instance(), request.getName());
    ask(
        machine,
        OpenStream.newBuilder().setVmSnapshotDelete(order(machine, request.getName())),
        caller,
        snapshot -> DeleteVmSnapshotResponse.newBuilder().setSnapshot(snapshot).build());
  }

  private CapableInstance find(String namespace, String text) {
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found = InstanceLookup.find(state, Namespaces.one(namespace), text);
    String name = found.message().getName();
    if (found.message().getKind() != Kind.KIND_VM) {
      throw CapableInstance.refused(name + " has no snapshots: only virtual machines have them");
    }
    return CapableInstance.of(
        state,
        found,
        "the machine of " + name,
        CAPABILITY,
        "has a hypervisor that takes no snapshots: only QEMU's machines have them");
  }

  private static VmSnapshotStreamRequest order(CapableInstance machine, String name) {
    return VmSnapshotStreamRequest.newBuilder().setInstanceId(machine.id()).setName(name).build();
  }

  private <A> void ask(
      CapableInstance machine,
      OpenStream.Builder question,
      StreamObserver<A> caller,
      Function<VmSnapshot, A> view) {
    broker.open(
        machine.agent(),
        question,
        BrokeredStream.toUser(
            (ServerCallStreamObserver<A>) caller, message -> snapshot(message).map(view)));
  }

  private static Optional<VmSnapshot> snapshot(AttachStreamRequest message) {
    return message.hasVmSnapshot() && message.getSerializedSize() <= MESSAGE_MAX
        ? Optional.of(message.getVmSnapshot())
        : Optional.empty();
  }
}
