package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.VolumeRules;
import dev.berth.v1.CreateVolumeRequest;
import dev.berth.v1.InspectVolumeRequest;
import dev.berth.v1.ListVolumesRequest;
import dev.berth.v1.ListVolumesResponse;
import dev.berth.v1.NodeVolume;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PruneVolumesRequest;
import dev.berth.v1.PruneVolumesResponse;
import dev.berth.v1.RemoveVolumeRequest;
import dev.berth.v1.Volume;
import dev.berth.v1.VolumeCreateRequest;
import dev.berth.v1.VolumeInspectRequest;
import dev.berth.v1.VolumeListRequest;
import dev.berth.v1.VolumePruneRequest;
import dev.berth.v1.VolumeRemoveRequest;
import dev.berth.v1.VolumeServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/// The volumes of nodes, through their agents' streams.
final class VolumeRpc extends VolumeServiceGrpc.VolumeServiceImplBase {
  private final NodeObjects<Volume, NodeVolume> volumes;

  VolumeRpc(ControllerLoop loop, StreamBroker broker, ScheduledExecutorService timer) {
    this.volumes = new NodeObjects<>(loop, broker, timer, new Volumes());
  }

  private static final class Volumes implements NodeObjects.Sort<Volume, NodeVolume> {
    @Override
    public String capability() {
      return "volumes";
    }

    @Override
    public WorkloadClaims claims(ClusterState state) {
      return WorkloadClaims.ofVolumes(state);
    }

    @Override
    public Optional<Volume> in(NodeNews news) {
      return news instanceof NodeNews.HasVolume(var volume)
          ? Optional.of(volume)
          : Optional.empty();
    }

    @Override
    public Volume claimed(Volume volume, WorkloadClaims claims) {
      return volume.toBuilder()
          .clearWorkloads()
          .addAllWorkloads(claims.of(volume.getName()))
          .build();
    }

    @Override
    public NodeVolume found(String node, Volume volume) {
      return NodeVolume.newBuilder().setNode(node).setVolume(volume).build();
    }

    @Override
    public NodeVolume failed(String node, NodeNews.Failed why) {
      return NodeVolume.newBuilder()
          .setNode(node)
          .setFailure(ObjectPages.failure(why.failure()))
          .build();
    }
  }

  @Override
  public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> caller) {
    volumes.list(
        request.getNodesList(),
        OpenStream.newBuilder().setVolumeList(VolumeListRequest.getDefaultInstance()),
        caller,
        VolumeRpc::response);
  }

  private static ListVolumesResponse response(ObjectPages.Page<Volume> page) {
    ListVolumesResponse.Builder response =
        ListVolumesResponse.newBuilder()
            .setNode(page.node())
            .addAllVolumes(page.objects())
            .setLast(page.last());
    page.failure().ifPresent(response::setFailure);
    return response.build();
  }

  @Override
  public void inspectVolume(InspectVolumeRequest request, StreamObserver<NodeVolume> caller) {
    Fields.require("volume", VolumeRules.lookupProblem(request.getVolume()));
    volumes.inspect(
        request.getNodesList(),
        OpenStream.newBuilder()
            .setVolumeInspect(VolumeInspectRequest.newBuilder().setVolume(request.getVolume())),
        caller);
  }

  @Override
  public void createVolume(CreateVolumeRequest request, StreamObserver<NodeVolume> caller) {
    Fields.require("volume.", VolumeRules.validate(request.getVolume()));
    volumes.create(
        "volume create",
        request.getVolume().getName(),
        request.getNodesList(),
        OpenStream.newBuilder()
            .setVolumeCreate(VolumeCreateRequest.newBuilder().setVolume(request.getVolume())),
        caller);
  }

  @Override
  public void removeVolume(RemoveVolumeRequest request, StreamObserver<NodeVolume> caller) {
    Fields.require("volume", VolumeRules.lookupProblem(request.getVolume()));
    volumes.remove(
        new NodeObjects.Removal(
            "volume rm",
            request.getVolume(),
            request.getForce()
                ? Optional.empty()
                : Optional.of(
                    "has its place here and keeps data in it; remove the workload first, or use"
                        + " -f")),
        request.getNodesList(),
        OpenStream.newBuilder()
            .setVolumeRemove(VolumeRemoveRequest.newBuilder().setVolume(request.getVolume())),
        caller);
  }

  @Override
  public void pruneVolumes(
      PruneVolumesRequest request, StreamObserver<PruneVolumesResponse> caller) {
    Fields.require("", VolumeRules.validate(request));
    ClusterState state = volumes.state();
    List<ImageTargets.Chosen> nodes = volumes.targets(state, request.getNodesList());
    Audit.nodes("volume prune", request.getAll() ? "all" : "anonymous", request.getNodesList());
    volumes.start(
        nodes,
        OpenStream.newBuilder()
            .setVolumePrune(
                VolumePruneRequest.newBuilder()
                    .setAll(request.getAll())
                    .addAllLabels(request.getLabelsList())
                    .addAllExcludedLabels(request.getExcludedLabelsList())
                    .addAllKept(WorkloadClaims.ofVolumes(state).names())),
        caller,
        VolumeRpc::pruned);
  }

  private static Optional<PruneVolumesResponse> pruned(String node, NodeNews news) {
    PruneVolumesResponse.Builder result = PruneVolumesResponse.newBuilder().setNode(node);
    return switch (news) {
      case NodeNews.RemovedVolumes(var removal) -> Optional.of(result.setRemoval(removal).build());
      case NodeNews.Failed(var failure) ->
          Optional.of(result.setFailure(ObjectPages.failure(failure)).build());
      default -> Optional.empty();
    };
  }
}
