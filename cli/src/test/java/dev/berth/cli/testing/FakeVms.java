package dev.berth.cli.testing;

import com.google.protobuf.Timestamp;
import dev.berth.v1.CreateVmSnapshotRequest;
import dev.berth.v1.CreateVmSnapshotResponse;
import dev.berth.v1.DeleteVmSnapshotRequest;
import dev.berth.v1.DeleteVmSnapshotResponse;
import dev.berth.v1.ListVmSnapshotsRequest;
import dev.berth.v1.ListVmSnapshotsResponse;
import dev.berth.v1.RevertVmSnapshotRequest;
import dev.berth.v1.RevertVmSnapshotResponse;
import dev.berth.v1.VmServiceGrpc;
import dev.berth.v1.VmSnapshot;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Instant;

/// A machine with two snapshots: `clean`, of its disks, and `ready`, with its memory.
public final class FakeVms extends VmServiceGrpc.VmServiceImplBase {
  private static final long DAY_SECONDS = 86_400;

  FakeVms() {}

  private static VmSnapshot snapshot(String name, boolean withMemory) {
    long then = Instant.now().getEpochSecond() - 3 * DAY_SECONDS;
    return VmSnapshot.newBuilder()
        .setName(name)
        .setCreateTime(Timestamp.newBuilder().setSeconds(then))
        .setWithMemory(withMemory)
        .build();
  }

  @Override
  public void createVmSnapshot(
      CreateVmSnapshotRequest request, StreamObserver<CreateVmSnapshotResponse> caller) {
    if (request.getName().equals("clean")) {
      caller.onError(
          Status.ALREADY_EXISTS.withDescription("guest.1 has a snapshot").asRuntimeException());
      return;
    }
    String name = request.getName().isEmpty() ? "20261129-214500" : request.getName();
    caller.onNext(CreateVmSnapshotResponse.newBuilder().setSnapshot(snapshot(name, true)).build());
    caller.onCompleted();
  }

  @Override
  public void listVmSnapshots(
      ListVmSnapshotsRequest request, StreamObserver<ListVmSnapshotsResponse> caller) {
    for (VmSnapshot each : new VmSnapshot[] {snapshot("clean", false), snapshot("ready", true)}) {
      caller.onNext(ListVmSnapshotsResponse.newBuilder().setSnapshot(each).build());
    }
    caller.onCompleted();
  }

  @Override
  public void revertVmSnapshot(
      RevertVmSnapshotRequest request, StreamObserver<RevertVmSnapshotResponse> caller) {
    caller.onNext(
        RevertVmSnapshotResponse.newBuilder()
            .setSnapshot(snapshot(request.getName(), true))
            .build());
    caller.onCompleted();
  }

  @Override
  public void deleteVmSnapshot(
      DeleteVmSnapshotRequest request, StreamObserver<DeleteVmSnapshotResponse> caller) {
    if (!request.getName().equals("clean") && !request.getName().equals("ready")) {
      caller.onError(
          Status.NOT_FOUND.withDescription("guest.1 has no such snapshot").asRuntimeException());
      return;
    }
    caller.onNext(
        DeleteVmSnapshotResponse.newBuilder()
            .setSnapshot(snapshot(request.getName(), true))
            .build());
    caller.onCompleted();
  }
}
