package dev.berth.cli.testing;

import dev.berth.v1.KeptRegistryLogin;
import dev.berth.v1.ListRegistryLoginsRequest;
import dev.berth.v1.ListRegistryLoginsResponse;
import dev.berth.v1.RegistryServiceGrpc;
import dev.berth.v1.RemoveRegistryLoginRequest;
import dev.berth.v1.SetRegistryLoginRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/// Logins of namespaces: one, to h:5.
public final class FakeRegistries extends RegistryServiceGrpc.RegistryServiceImplBase {
  private static final KeptRegistryLogin KEPT =
      KeptRegistryLogin.newBuilder()
          .setNamespace("shop")
          .setServer("h:5")
          .setUsername("robot")
          .build();

  FakeRegistries() {}

  @Override
  public void setRegistryLogin(
      SetRegistryLoginRequest request, StreamObserver<KeptRegistryLogin> caller) {
    caller.onNext(KEPT);
    caller.onCompleted();
  }

  @Override
  public void listRegistryLogins(
      ListRegistryLoginsRequest request, StreamObserver<ListRegistryLoginsResponse> caller) {
    caller.onNext(ListRegistryLoginsResponse.newBuilder().addLogins(KEPT).build());
    caller.onCompleted();
  }

  @Override
  public void removeRegistryLogin(
      RemoveRegistryLoginRequest request, StreamObserver<KeptRegistryLogin> caller) {
    if (request.getServer().equals("h:5")) {
      caller.onNext(KEPT);
      caller.onCompleted();
    } else {
      caller.onError(Status.NOT_FOUND.withDescription("no login to it").asRuntimeException());
    }
  }
}
