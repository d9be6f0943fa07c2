package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.KeptRegistryLogin;
import dev.berth.v1.ListRegistryLoginsRequest;
import dev.berth.v1.Namespace;
import dev.berth.v1.NamespaceServiceGrpc;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.RegistryServiceGrpc;
import dev.berth.v1.RemoveRegistryLoginRequest;
import dev.berth.v1.ResolveImageRequest;
import dev.berth.v1.SetRegistryLoginRequest;
import dev.berth.v1.UpdateNamespaceRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// Logins to registries on their way from a user over the store to the agent that pulls.
@Timeout(240)
final class RegistryLoginsTest {
  private static final String SERVER = "registry.example:5000";
  private static final RegistryLogin LOGIN =
      RegistryLogin.newBuilder()
          .setServer(SERVER)
          .setUsername("robot")
          .setPassword("s3cret-of-the-shop")
          .build();

  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent agent;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    agent = FakeAgent.connected(harness, "n1");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private RegistryServiceGrpc.RegistryServiceBlockingStub registries() throws Exception {
    return RegistryServiceGrpc.newBlockingStub(harness.admin());
  }

  private KeptRegistryLogin set(String namespace, RegistryLogin login) throws Exception {
    return registries()
        .setRegistryLogin(
            SetRegistryLoginRequest.newBuilder().setNamespace(namespace).setLogin(login).build());
  }

  private AssignedInstance run(String namespace, String name, String image) throws Exception {
    CreateWorkloadRequest.Builder request = RpcHarness.service(name, 1).toBuilder();
    request
        .getWorkloadBuilder()
        .setNamespace(namespace)
        .getSpecBuilder()
        .getContainerBuilder()
        .setImage(image);
    var _ = harness.workloads().createWorkload(request.build());
    return agent.awaitInstance(name);
  }

  private static Status.Code refused(Executable call) {
    return assertThrows(StatusRuntimeException.class, call).getStatus().getCode();
  }

  private boolean storeHolds(String text) {
    ByteString wanted = ByteString.copyFromUtf8(text);
    return harness.store.contents().stream().anyMatch(value -> indexOf(value, wanted) >= 0);
  }

  private static int indexOf(ByteString in, ByteString wanted) {
    for (int i = 0; i + wanted.size() <= in.size(); i++) {
      if (in.substring(i, i + wanted.size()).equals(wanted)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void onlyInstancesOfTheNamespaceWhoseImageIsThereGetTheLogin() throws Exception {
    KeptRegistryLogin kept = set("shop", LOGIN);
    assertEquals("robot", kept.getUsername());
    assertTrue(storeHolds(SERVER));
    assertFalse(storeHolds("s3cret-of-the-shop"));
    AssignedInstance with = run("shop", "web", SERVER + "/team/web:1");
    assertEquals(LOGIN, with.getRegistryLogin());
    assertTrue(with.getSealedRegistryLogin().isEmpty());
    assertFalse(run("shop", "hub", "nginx:1").hasRegistryLogin());
    assertFalse(run("other", "api", SERVER + "/team/web:1").hasRegistryLogin());
  }

  @Test
  void aNodeThatComesBackGetsTheLoginWithItsCompleteSet() throws Exception {
    var _ = set("shop", LOGIN);
    var _ = run("shop", "web", SERVER + "/team/web:1");
    FakeAgent again = new FakeAgent(agent.node, harness.channel(agent.node.credentials()));
    again.hello(again.hello());
    OpenSessionResponse all = again.await(OpenSessionResponse::hasAssignments);
    assertEquals(LOGIN, all.getAssignments().getInstances(0).getRegistryLogin());
  }

  @Test
  void whatRunsHearsOfAnotherLoginAndOfNone() throws Exception {
    AssignedInstance before = run("shop", "web", SERVER + "/team/web:1");
    assertFalse(before.hasRegistryLogin());
    var _ = set("shop", LOGIN);
    AssignedInstance set = changed();
    assertEquals(LOGIN, set.getRegistryLogin());
    assertEquals(before, set.toBuilder().clearRegistryLogin().build());
    RegistryLogin other = LOGIN.toBuilder().setPassword("other").build();
    var _ = set("shop", other);
    assertEquals(other, changed().getRegistryLogin());
    var _ =
        registries()
            .removeRegistryLogin(
                RemoveRegistryLoginRequest.newBuilder()
                    .setNamespace("shop")
                    .setServer(SERVER)
                    .build());
    assertFalse(changed().hasRegistryLogin());
  }

  private AssignedInstance changed() throws Exception {
    return agent
        .await(message -> message.getAssignmentChange().getChangedCount() > 0)
        .getAssignmentChange()
        .getChanged(0);
  }

  @Test
  void listsSayWhoAndNeverBy() throws Exception {
    var _ = set("", LOGIN);
    var _ = set("shop", LOGIN.toBuilder().setServer("a.example").build());
    var all =
        registries()
            .listRegistryLogins(ListRegistryLoginsRequest.newBuilder().setNamespace("-").build());
    assertEquals(
        List.of("default", "shop"),
        all.getLoginsList().stream().map(KeptRegistryLogin::getNamespace).toList());
    assertFalse(all.toString().contains("s3cret"), all.toString());
    assertEquals(
        1,
        registries()
            .listRegistryLogins(ListRegistryLoginsRequest.getDefaultInstance())
            .getLoginsCount());
    // A quota that is set later does not take the login away.
    var _ =
        NamespaceServiceGrpc.newBlockingStub(harness.admin())
            .updateNamespace(
                UpdateNamespaceRequest.newBuilder()
                    .setNamespace(Namespace.newBuilder().setName("shop"))
                    .build());
    assertEquals(
        1,
        registries()
            .listRegistryLogins(ListRegistryLoginsRequest.newBuilder().setNamespace("shop").build())
            .getLoginsCount());
  }

  @Test
  void tagsAreResolvedWithTheLoginOfTheNamespaceThatIsNamed() throws Exception {
    FakeAgent host = host();
    var _ = set("shop", LOGIN);
    ImageServiceGrpc.ImageServiceStub images = ImageServiceGrpc.newStub(harness.admin());
    ResolveImageRequest.Builder request =
        ResolveImageRequest.newBuilder().setImage(SERVER + "/team/web:1").setNode("n2");
    images.resolveImage(request.setNamespace("shop").build(), new Recorder<>());
    assertEquals(LOGIN, host.asked().getImageResolve().getLogin());
    images.resolveImage(request.clearNamespace().build(), new Recorder<>());
    assertFalse(host.asked().getImageResolve().hasLogin());
    RegistryLogin own = LOGIN.toBuilder().setUsername("ann").build();
    images.resolveImage(request.setNamespace("shop").setLogin(own).build(), new Recorder<>());
    assertEquals(own, host.asked().getImageResolve().getLogin());
  }

  private FakeAgent host() throws Exception {
    RpcHarness.Joined node = harness.join("n2");
    FakeAgent made = new FakeAgent(node, harness.channel(node.credentials()));
    NodeDescription.Builder description = FakeAgent.host();
    description.getDriversBuilder(0).addCapabilities("images");
    made.hello(made.hello().setDescription(description));
    made.await(OpenSessionResponse::hasAssignments);
    return made;
  }

  @Test
  void refusesWhatIsNoLoginWithoutSayingIt() throws Exception {
    for (RegistryLogin wrong :
        List.of(
            RegistryLogin.getDefaultInstance(),
            LOGIN.toBuilder().setServer("a/b").build(),
            LOGIN.toBuilder().clearPassword().build(),
            LOGIN.toBuilder().setPassword("x".repeat(9000)).build())) {
      assertEquals(Status.Code.INVALID_ARGUMENT, refused(() -> set("shop", wrong)));
    }
    assertEquals(Status.Code.INVALID_ARGUMENT, refused(() -> set("No Name", LOGIN)));
    assertEquals(
        Status.Code.NOT_FOUND,
        refused(
            () ->
                registries()
                    .removeRegistryLogin(
                        RemoveRegistryLoginRequest.newBuilder().setServer(SERVER).build())));
    for (int i = 0; i < 16; i++) {
      var _ = set("full", LOGIN.toBuilder().setServer("r" + i + ".example").build());
    }
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused(() -> set("full", LOGIN)));
    var _ = set("full", LOGIN.toBuilder().setServer("r3.example").build());
  }
}
