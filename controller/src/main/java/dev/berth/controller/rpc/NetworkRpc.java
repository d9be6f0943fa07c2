package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ContainerNetworkRules;
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
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/// The networks of nodes, through their agents' streams.
final class NetworkRpc extends NetworkServiceGrpc.NetworkServiceImplBase {
  private final NodeObjects<Network, NodeNetwork> networks;

  NetworkRpc(ControllerLoop loop, StreamBroker broker, ScheduledExecutorService timer) {
    this.networks = new NodeObjects<>(loop, broker, timer, new Networks());
  }

  private static final class Networks implements NodeObjects.Sort<Network, NodeNetwork> {
    @Override
    public String capability() {
      return "networks";
    }

    @Override
    public WorkloadClaims claims(ClusterState state) {
      return WorkloadClaims.ofNetworks(state);
    }

    @Override
    public Optional<Network> in(NodeNews news) {
      return news instanceof NodeNews.HasNetwork(var network)
          ? Optional.of(network)
          : Optional.empty();
    }

    @Override
    public Network claimed(Network network, WorkloadClaims claims) {
      return network.toBuilder()
          .clearWorkloads()
          .addAllWorkloads(claims.of(network.getName()))
          .build();
    }

    @Override
    public NodeNetwork found(String node, Network network) {
      return NodeNetwork.newBuilder().setNode(node).setNetwork(network).build();
    }

    @Override
    public NodeNetwork failed(String node, NodeNews.Failed why) {
      return NodeNetwork.newBuilder()
          .setNode(node)
          .setFailure(ObjectPages.failure(why.failure()))
          .build();
    }
  }

  @Override
  public void listNetworks(
      ListNetworksRequest request, StreamObserver<ListNetworksResponse> caller) {
    networks.list(
        request.getNodesList(),
        OpenStream.newBuilder().setNetworkList(NetworkListRequest.getDefaultInstance()),
        caller,
        NetworkRpc::response);
  }

  private static ListNetworksResponse response(ObjectPages.Page<Network> page) {
    ListNetworksResponse.Builder response =
        ListNetworksResponse.newBuilder()
            .setNode(page.node())
            .addAllNetworks(page.objects())
            .setLast(page.last());
    page.failure().ifPresent(response::setFailure);
    return response.build();
  }

  @Override
  public void inspectNetwork(InspectNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    Fields.require("network", ContainerNetworkRules.lookupProblem(request.getNetwork()));
    networks.inspect(
        request.getNodesList(),
        OpenStream.newBuilder()
            .setNetworkInspect(NetworkInspectRequest.newBuilder().setNetwork(request.getNetwork())),
        caller);
  }

  @Override
  public void createNetwork(CreateNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    Fields.require("network.", ContainerNetworkRules.validate(request.getNetwork()));
    networks.create(
        "network create",
        request.getNetwork().getName(),
        request.getNodesList(),
        OpenStream.newBuilder()
            .setNetworkCreate(NetworkCreateRequest.newBuilder().setNetwork(request.getNetwork())),
        caller);
  }

  @Override
  public void removeNetwork(RemoveNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    Fields.require("network", ContainerNetworkRules.lookupProblem(request.getNetwork()));
    networks.remove(
        new NodeObjects.Removal(
            "network rm",
            request.getNetwork(),
            request.getForce()
                ? Optional.empty()
                : Optional.of(
                    "has its place here and joins it; remove the workload first, or use -f")),
        request.getNodesList(),
        OpenStream.newBuilder()
            .setNetworkRemove(NetworkRemoveRequest.newBuilder().setNetwork(request.getNetwork())),
        caller);
  }
}
