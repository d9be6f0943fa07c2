package dev.berth.cli.testing;

import dev.berth.v1.ContainerUser;
import dev.berth.v1.CreateVolumeRequest;
import dev.berth.v1.InspectVolumeRequest;
import dev.berth.v1.ListVolumesRequest;
import dev.berth.v1.ListVolumesResponse;
import dev.berth.v1.NodeFailure;
import dev.berth.v1.NodeVolume;
import dev.berth.v1.PruneVolumesRequest;
import dev.berth.v1.PruneVolumesResponse;
import dev.berth.v1.RemoveVolumeRequest;
import dev.berth.v1.Volume;
import dev.berth.v1.VolumeRemoval;
import dev.berth.v1.VolumeServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;

/// Volumes on two nodes: n1 has "data" and "cache", n2 has "data".
public final class FakeVolumes extends VolumeServiceGrpc.VolumeServiceImplBase {
  FakeVolumes() {}

  private static Volume data(boolean used) {
    Volume.Builder volume =
        Volume.newBuilder()
            .setName("data")
            .setDriver("local")
            .setScope("local")
            .putLabels("team", "shop")
            .addWorkloads("default/db");
    if (used) {
      volume.addUsers(
          ContainerUser.newBuilder()
              .setContainer("berth-db.1-11111111")
              .setInstanceId("1".repeat(32))
              .setNamespace("default")
              .setSlot("db.1"));
    }
    return volume.build();
  }

  @Override
  public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> caller) {
    caller.onNext(
        ListVolumesResponse.newBuilder()
            .setNode("n1")
            .addAllVolumes(
                List.of(
                    Volume.newBuilder()
                        .setName("cache")
                        .setDriver("nfs")
                        .addUsers(ContainerUser.newBuilder().setContainer("someone"))
                        .build(),
                    data(true)))
            .setLast(true)
            .build());
    caller.onNext(
        ListVolumesResponse.newBuilder()
            .setNode("n2")
            .addVolumes(data(false))
            .setLast(true)
            .build());
    caller.onNext(
        ListVolumesResponse.newBuilder()
            .setNode("n3")
            .setFailure(failure(Status.Code.UNAVAILABLE, "it is not connected"))
            .setLast(true)
            .build());
    caller.onCompleted();
  }

  @Override
  public void inspectVolume(InspectVolumeRequest request, StreamObserver<NodeVolume> caller) {
    answer(request.getVolume(), caller);
  }

  @Override
  public void createVolume(CreateVolumeRequest request, StreamObserver<NodeVolume> caller) {
    caller.onNext(
        NodeVolume.newBuilder()
            .setNode("n1")
            .setVolume(Volume.newBuilder().setName(request.getVolume().getName()))
            .build());
    if (request.getVolume().getDriver().equals("nfs")) {
      caller.onNext(
          NodeVolume.newBuilder()
              .setNode("n2")
              .setFailure(failure(Status.Code.FAILED_PRECONDITION, "no such driver"))
              .build());
    }
    caller.onCompleted();
  }

  @Override
  public void removeVolume(RemoveVolumeRequest request, StreamObserver<NodeVolume> caller) {
    answer(request.getVolume(), caller);
  }

  private static void answer(String name, StreamObserver<NodeVolume> caller) {
    NodeVolume.Builder one = NodeVolume.newBuilder().setNode("n1");
    caller.onNext(
        name.equals("data")
            ? one.setVolume(data(true)).build()
            : one.setFailure(failure(Status.Code.NOT_FOUND, "none of this name")).build());
    caller.onNext(
        NodeVolume.newBuilder()
            .setNode("n2")
            .setFailure(failure(Status.Code.NOT_FOUND, "none of this name"))
            .build());
    caller.onCompleted();
  }

  @Override
  public void pruneVolumes(
      PruneVolumesRequest request, StreamObserver<PruneVolumesResponse> caller) {
    caller.onNext(
        PruneVolumesResponse.newBuilder()
            .setNode("n1")
            .setRemoval(
                VolumeRemoval.newBuilder()
                    .addRemoved("old")
                    .addKept("data")
                    .setReclaimedBytes(3 << 20))
            .build());
    caller.onCompleted();
  }

  static NodeFailure failure(Status.Code code, String message) {
    return NodeFailure.newBuilder().setCode(code.value()).setMessage(message).build();
  }
}
