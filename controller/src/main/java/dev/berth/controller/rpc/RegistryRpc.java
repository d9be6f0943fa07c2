package dev.berth.controller.rpc;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.security.LoginSeal;
import dev.berth.spec.LoginRules;
import dev.berth.spec.Names;
import dev.berth.v1.KeptRegistryLogin;
import dev.berth.v1.ListRegistryLoginsRequest;
import dev.berth.v1.ListRegistryLoginsResponse;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.RegistryServiceGrpc;
import dev.berth.v1.RemoveRegistryLoginRequest;
import dev.berth.v1.SetRegistryLoginRequest;
import io.grpc.stub.StreamObserver;

/// Logins to registries for administrators. They are sealed here, before anything else has them.
final class RegistryRpc extends RegistryServiceGrpc.RegistryServiceImplBase {
  private static final String ALL = "-";

  private final ControllerLoop loop;
  private final LoginSeal seal;

  RegistryRpc(ControllerLoop loop, LoginSeal seal) {
    this.loop = loop;
    this.seal = seal;
  }

  @Override
  public void setRegistryLogin(
      SetRegistryLoginRequest request, StreamObserver<KeptRegistryLogin> caller) {
    String namespace = namespace(request.getNamespace());
    RegistryLogin login = request.getLogin();
    Fields.require("login.", LoginRules.validate(login));
    Audit.login("registry login", namespace, login.getServer(), login.getUsername());
    Answers.send(
        loop.request(
            id ->
                new ClusterEvent.SetRegistryLogin(
                    id,
                    namespace,
                    login.getServer(),
                    login.getUsername(),
                    seal.seal(namespace, login))),
        KeptRegistryLogin.class,
        caller);
  }

  @Override
  public void removeRegistryLogin(
      RemoveRegistryLoginRequest request, StreamObserver<KeptRegistryLogin> caller) {
    String namespace = namespace(request.getNamespace());
    Fields.require("", LoginRules.validateServer(request.getServer()));
    Audit.login("registry logout", namespace, request.getServer(), "");
    Answers.send(
        loop.request(
            id -> new ClusterEvent.RemoveRegistryLogin(id, namespace, request.getServer())),
        KeptRegistryLogin.class,
        caller);
  }

  @Override
  public void listRegistryLogins(
      ListRegistryLoginsRequest request, StreamObserver<ListRegistryLoginsResponse> caller) {
    String wanted = request.getNamespace().equals(ALL) ? ALL : namespace(request.getNamespace());
    ListRegistryLoginsResponse.Builder answer = ListRegistryLoginsResponse.newBuilder();
    for (NamespaceRecord namespace : Answers.snapshot(loop).state().namespaces().values()) {
      if (wanted.equals(ALL) || wanted.equals(namespace.name())) {
        namespace
            .logins()
            .values()
            .forEach(
                login ->
                    answer.addLogins(
                        KeptRegistryLogin.newBuilder()
                            .setNamespace(namespace.name())
                            .setServer(login.server())
                            .setUsername(login.username())
                            .setSetTime(login.setTime())));
      }
    }
    Answers.sendNow(answer.build(), caller);
  }

  private static String namespace(String given) {
    String namespace = given.isEmpty() ? Names.DEFAULT_NAMESPACE : given;
    Fields.require("namespace", Names.namespaceProblem(namespace));
    return namespace;
  }
}
