package dev.berth.cli.testing;

import dev.berth.v1.ContainerUser;
import dev.berth.v1.CreateNetworkRequest;
import dev.berth.v1.InspectNetworkRequest;
import dev.berth.v1.ListNetworksRequest;
import dev.berth.v1.ListNetworksResponse;
import dev.berth.v1.Network;
import dev.berth.v1.NetworkServiceGrpc;
import dev.berth.v1.NetworkSubnet;
import dev.berth.v1.NodeNetwork;
import dev.berth.v1.RemoveNetworkRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/// One node with its runtime's own network and one that was made.
public final class FakeNetworks extends NetworkServiceGrpc.NetworkServiceImplBase {
  private static final Network SHOP =
      Network.newBuilder()
          .setName("shop")
          .setId("ab".repeat(32))
          .setDriver("bridge")
          .setScope("local")
          .putLabels("team", "shop")
          .addSubnets(NetworkSubnet.newBuilder().setSubnet("10.20.0.0/16"))
          .addWorkloads("other/web")
          .addUsers(
              ContainerUser.newBuilder()
                  .setContainer("berth-api.1-11111111")
                  .setNamespace("default")
                  .setSlot("api.1"))
          .build();

  FakeNetworks() {}

  @Override
  public void listNetworks(
      ListNetworksRequest request, StreamObserver<ListNetworksResponse> caller) {
    caller.onNext(
        ListNetworksResponse.newBuilder()
            .setNode("n1")
            .addNetworks(
                Network.newBuilder()
                    .setName("bridge")
                    .setId("cd".repeat(32))
                    .setDriver("bridge")
                    .setScope("local")
                    .setBuiltin(true))
            .addNetworks(SHOP)
            .setLast(true)
            .build());
    caller.onCompleted();
  }

  @Override
  public void inspectNetwork(InspectNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    answer(request.getNetwork(), caller);
  }

  @Override
  public void createNetwork(CreateNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    NodeNetwork.Builder answer = NodeNetwork.newBuilder().setNode("n1");
    caller.onNext(
        request.getNetwork().getName().equals("shop")
            ? answer
                .setFailure(FakeVolumes.failure(Status.Code.ALREADY_EXISTS, "there is one"))
                .build()
            : answer.setNetwork(SHOP).build());
    caller.onCompleted();
  }

  @Override
  public void removeNetwork(RemoveNetworkRequest request, StreamObserver<NodeNetwork> caller) {
    answer(request.getNetwork(), caller);
  }

  private static void answer(String name, StreamObserver<NodeNetwork> caller) {
    NodeNetwork.Builder answer = NodeNetwork.newBuilder().setNode("n1");
    caller.onNext(
        name.equals("shop")
            ? answer.setNetwork(SHOP).build()
            : answer
                .setFailure(FakeVolumes.failure(Status.Code.NOT_FOUND, "none of this name"))
                .build());
    caller.onCompleted();
  }
}
