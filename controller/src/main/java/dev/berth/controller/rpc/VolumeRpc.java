package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.Violation;
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
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/// The volumes of nodes, through their agents' streams. Nothing of it passes the loop.
final class VolumeRpc extends VolumeServiceGrpc.VolumeServiceImplBase {
  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final ScheduledExecutorService timer;

  VolumeRpc(ControllerLoop loop, StreamBroker broker, ScheduledExecutorService timer) {
    this.loop = loop;
    this.broker = broker;
    this.timer = timer;
  }

  @Override
  public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> caller) {
    ClusterState state = state();
    WorkloadClaims claims = WorkloadClaims.ofVolumes(state);
    ObjectPages<Volume> pages = new ObjectPages<>();
    start(
        targets(state, request.getNodesList()),
        OpenStream.newBuilder().setVolumeList(VolumeListRequest.getDefaultInstance()),
        caller,
        (node, news) ->
            news instanceof NodeNews.HasVolume(var volume)
                ? pages.add(node, claimed(volume, claims)).map(page -> page(node, page, false))
                : pages.end(node, news).map(end -> last(node, end)));
  }

  private static ListVolumesResponse page(String node, List<Volume> volumes, boolean last) {
    return ListVolumesResponse.newBuilder()
        .setNode(node)
        .addAllVolumes(volumes)
        .setLast(last)
        .build();
  }

  private static ListVolumesResponse last(String node, ObjectPages.End<Volume> end) {
    ListVolumesResponse rest = page(node, end.rest(), true);
    return end.failure().map(failure -> rest.toBuilder().setFailure(failure).build()).orElse(rest);
  }

  @Override
  public void inspectVolume(InspectVolumeRequest request, StreamObserver<NodeVolume> caller) {
    lookup(request.getVolume());
    ClusterState state = state();
    one(
        state,
        targets(state, request.getNodesList()),
        OpenStream.newBuilder()
            .setVolumeInspect(VolumeInspectRequest.newBuilder().setVolume(request.getVolume())),
        caller);
  }

  @Override
  public void createVolume(CreateVolumeRequest request, StreamObserver<NodeVolume> caller) {
    check("volume.", VolumeRules.validate(request.getVolume()));
    ClusterState state = state();
    List<ImageTargets.Chosen> nodes = targets(state, request.getNodesList());
    Audit.change("volume create", request.getVolume().getName(), request.getNodesList());
    one(
        state,
        nodes,
        OpenStream.newBuilder()
            .setVolumeCreate(VolumeCreateRequest.newBuilder().setVolume(request.getVolume())),
        caller);
  }

  @Override
  public void removeVolume(RemoveVolumeRequest request, StreamObserver<NodeVolume> caller) {
    lookup(request.getVolume());
    ClusterState state = state();
    List<ImageTargets.Chosen> nodes = targets(state, request.getNodesList());
    Audit.change("volume rm", request.getVolume(), request.getNodesList());
    one(
        state,
        request.getForce()
            ? nodes
            : WorkloadClaims.ofVolumes(state)
                .guarded(
                    nodes,
                    request.getVolume(),
                    "has its place here and keeps data in it; remove the workload first, or use"
                        + " -f"),
        OpenStream.newBuilder()
            .setVolumeRemove(VolumeRemoveRequest.newBuilder().setVolume(request.getVolume())),
        caller);
  }

  @Override
  public void pruneVolumes(
      PruneVolumesRequest request, StreamObserver<PruneVolumesResponse> caller) {
    check("", VolumeRules.validate(request));
    ClusterState state = state();
    List<ImageTargets.Chosen> nodes = targets(state, request.getNodesList());
    Audit.change("volume prune", request.getAll() ? "all" : "anonymous", request.getNodesList());
    start(
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

  private void one(
      ClusterState state,
      List<ImageTargets.Chosen> nodes,
      OpenStream.Builder question,
      StreamObserver<NodeVolume> caller) {
    WorkloadClaims claims = WorkloadClaims.ofVolumes(state);
    start(
        nodes,
        question,
        caller,
        (node, news) -> {
          NodeVolume.Builder result = NodeVolume.newBuilder().setNode(node);
          return switch (news) {
            case NodeNews.HasVolume(var volume) ->
                Optional.of(result.setVolume(claimed(volume, claims)).build());
            case NodeNews.Failed(var failure) ->
                Optional.of(result.setFailure(ObjectPages.failure(failure)).build());
            default -> Optional.empty();
          };
        });
  }

  private <A> void start(
      List<ImageTargets.Chosen> nodes,
      OpenStream.Builder question,
      StreamObserver<A> caller,
      NodeFanOut.View<A> view) {
    new NodeFanOut<>(broker, timer, (ServerCallStreamObserver<A>) caller, view)
        .start(nodes, question.build());
  }

  private static Volume claimed(Volume volume, WorkloadClaims claims) {
    return volume.toBuilder().clearWorkloads().addAllWorkloads(claims.of(volume.getName())).build();
  }

  private ClusterState state() {
    return Answers.snapshot(loop).state();
  }

  private static List<ImageTargets.Chosen> targets(ClusterState state, List<String> nodes) {
    return ImageTargets.ofContainers(state, nodes, "volumes", "volumes");
  }

  private static void lookup(String name) {
    String problem = VolumeRules.lookupProblem(name);
    if (problem != null) {
      throw StatusMapper.badField("volume", problem);
    }
  }

  private static void check(String path, List<Violation> violations) {
    if (!violations.isEmpty()) {
      Violation first = violations.getFirst();
      throw StatusMapper.badField(path + first.fieldPath(), first.problem());
    }
  }
}
