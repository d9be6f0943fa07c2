package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ContainerNetworkRules;
import dev.berth.spec.Violation;
import dev.berth.v1.CreateNetworkRequest;
import dev.berth.v1.InspectNetworkRequest;
import dev.berth.v1.ListNetworksRequest;
import dev.berth.v1.ListNetworksResponse;
import dev.berth.v1.Network;
import dev.berth.v1.NetworkCreateRequest;
import dev.berth.v1.NetworkInspectRequest;
import dev.berth.v1.NetworkListRequest;
import dev.berth.v1.NetworkRemoveRequest;
import dev.berth.v1.NetworkServiceGrpc;
import dev.berth.v1.NodeNetwork;
import dev.berth.v1.OpenStream;
import dev.berth.v1.RemoveNetworkRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/// The networks of nodes, through their agents' streams. Nothing of it passes the loop.
final class NetworkRpc extends NetworkServiceGrpc.NetworkServiceImplBase {
  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final ScheduledExecutorService timer;

  NetworkRpc(ControllerLoop loop, StreamBroker broker, ScheduledExecutorService timer) {
    this.loop = loop;
    this.broker = broker;
    this.timer = timer;
  }

  @Override
  public void listNetworks(
      ListNetworksRequest request, StreamObserver<ListNetworksResponse> caller) {
    ClusterState state = state();
    WorkloadClaims claims = WorkloadClaims.ofNetworks(state);
    ObjectPages<Network> pages = new ObjectPages<>();
    start(
        targets(state, request.getNodesList()),
        OpenStream.newBuilder().setNetworkList(NetworkListRequest.getDefaultInstance()),
        caller,
        (node, news) ->
            news instanceof NodeNews.HasNetwork(var network)
                ? pages.add(node, claimed(network, claims)).map(page -> page(node, page, false))
                : pages.end(node, news).map(end -> last(node, end)));
  }

  private static ListNetworksResponse page(String node, List<Network> networks, boolean last) {
    return ListNetworksResponse.newBuilder()
        .setNode(node)
        .addAllNetworks(networks)
        .setLast(last)
        .build();
  }

  private static ListNetworksResponse last(String node, ObjectPages.End<Network> end) {
    ListNetworksResponse rest = page(node, end.rest(), true);
    return end.failure().map(failure -> rest.toBuilder().setFailure(failure).build()).orElse(rest);
  }

  @Override
  public void inspectNetwork(InspectNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    lookup(request.getNetwork());
    ClusterState state = state();
    one(
        state,
        targets(state, request.getNodesList()),
        OpenStream.newBuilder()
            .setNetworkInspect(NetworkInspectRequest.newBuilder().setNetwork(request.getNetwork())),
        caller);
  }

  @Override
  public void createNetwork(CreateNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    List<Violation> violations = ContainerNetworkRules.validate(request.getNetwork());
    if (!violations.isEmpty()) {
      Violation first = violations.getFirst();
      throw StatusMapper.badField("network." + first.fieldPath(), first.problem());
    }
    ClusterState state = state();
    List<ImageTargets.Chosen> nodes = targets(state, request.getNodesList());
    Audit.change("network create", request.getNetwork().getName(), request.getNodesList());
    one(
        state,
        nodes,
        OpenStream.newBuilder()
            .setNetworkCreate(NetworkCreateRequest.newBuilder().setNetwork(request.getNetwork())),
        caller);
  }

  @Override
  public void removeNetwork(RemoveNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    lookup(request.getNetwork());
    ClusterState state = state();
    List<ImageTargets.Chosen> nodes = targets(state, request.getNodesList());
    Audit.change("network rm", request.getNetwork(), request.getNodesList());
    one(
        state,
        request.getForce()
            ? nodes
            : WorkloadClaims.ofNetworks(state)
                .guarded(
                    nodes,
                    request.getNetwork(),
                    "has its place here and joins it; remove the workload first, or use -f"),
        OpenStream.newBuilder()
            .setNetworkRemove(NetworkRemoveRequest.newBuilder().setNetwork(request.getNetwork())),
        caller);
  }

  private void one(
      ClusterState state,
      List<ImageTargets.Chosen> nodes,
      OpenStream.Builder question,
      StreamObserver<NodeNetwork> caller) {
    WorkloadClaims claims = WorkloadClaims.ofNetworks(state);
    start(
        nodes,
        question,
        caller,
        (node, news) -> {
          NodeNetwork.Builder result = NodeNetwork.newBuilder().setNode(node);
          return switch (news) {
            case NodeNews.HasNetwork(var network) ->
                Optional.of(result.setNetwork(claimed(network, claims)).build());
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

  private static Network claimed(Network network, WorkloadClaims claims) {
    return network.toBuilder()
        .clearWorkloads()
        .addAllWorkloads(claims.of(network.getName()))
        .build();
  }

  private ClusterState state() {
    return Answers.snapshot(loop).state();
  }

  private static List<ImageTargets.Chosen> targets(ClusterState state, List<String> nodes) {
    return ImageTargets.ofContainers(state, nodes, "networks", "networks");
  }

  private static void lookup(String name) {
    String problem = ContainerNetworkRules.lookupProblem(name);
    if (problem != null) {
      throw StatusMapper.badField("network", problem);
    }
  }
}
